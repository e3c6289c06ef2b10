// The clock gates of both cores, always open: with the latch of the package a CV32E40P waits for ever for the first quotient
// in this simulator. Gating saves power, not cycles.
module cv32e40p_clock_gate (
  input  logic clk_i, en_i, scan_cg_en_i,
  output logic clk_o
);
  assign clk_o = clk_i;
endmodule

module prim_clock_gating (
  input  logic clk_i, en_i, test_en_i,
  output logic clk_o
);
  assign clk_o = clk_i;
endmodule
