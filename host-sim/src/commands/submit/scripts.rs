//! The scripts of a job array: shares of one command, and the job that puts them together.

use std::fmt::Write as _;

use crate::failure::MISSING;

/// What the scripts ask of the scheduler.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// Name of the jobs: the command's.
    pub(super) name: String,
    /// Tasks of the array.
    pub(super) tasks: u32,
    /// Processors of each.
    pub(super) processors: u32,
    /// Minutes that a task may take.
    pub(super) minutes: u64,
    /// Megabytes that a task may take.
    pub(super) megabytes: u64,
    /// Queue; the cluster's own choice where there is none.
    pub(super) partition: Option<String>,
    /// How often the shares are submitted before it is given up.
    pub(super) attempts: u32,
}

/// A command in which each word stands for itself.
#[derive(Clone, Debug)]
pub(super) struct CommandWords {
    /// The program.
    pub(super) program: String,
    /// Its words.
    pub(super) words: Vec<String>,
}

impl CommandWords {
    fn line(&self, rest: &str) -> String {
        let words = std::iter::once(&self.program).chain(&self.words);
        let quoted: Vec<String> = words.map(|word| quoted(word)).collect();
        format!("{} {rest}", quoted.join(" "))
    }
}

/// One share per task. A task that is ended and begun again goes on from the networks that it has done.
pub(super) fn array(request: &Request, command: &CommandWords, folder: &str) -> String {
    let Request {
        tasks, processors, ..
    } = request;
    let mut text = head(request, &format!("{}-shards", request.name), folder, "%A_%a");
    let share = format!("--shard \"$SLURM_ARRAY_TASK_ID/{tasks}\" --threads {processors}");
    let _ = write!(
        text,
        "#SBATCH --array=1-{tasks}\n#SBATCH --requeue\n\nexec {}\n",
        command.line(&share)
    );
    text
}

/// Puts the shares together; where some are missing, submits the array again, in which what is done ends at once.
pub(super) fn merge(request: &Request, command: &CommandWords, folder: &str) -> String {
    let mut text = head(request, &format!("{}-merge", request.name), folder, "%j");
    let here = quoted(folder);
    let _ = write!(
        text,
        "\n{} 2>{here}/merge.txt\ncode=$?\ncat {here}/merge.txt >&2\n\
         # Anything but missing shares is a result, or cannot be mended by trying again.\n\
         attempt=${{ATTEMPT:-1}}\n\
         grep -q '{MISSING}$' {here}/merge.txt || exit $code\n\
         [ \"$attempt\" -lt {attempts} ] || exit $code\n\
         shards=$(sbatch --parsable {here}/array.sh) || exit 1\n\
         exec sbatch --dependency=\"afterany:${{shards%%;*}}\" --export=\"ALL,ATTEMPT=$((attempt + 1))\" {here}/merge.sh\n",
        command.line("--merge --threads 1"),
        attempts = request.attempts,
    );
    text
}

/// Submits both, the second to begin when all tasks of the first have ended, however they end.
pub(super) fn submit(from: &str, folder: &str) -> String {
    let (from, here) = (quoted(from), quoted(folder));
    format!(
        "#!/bin/sh\nset -eu\n# tasks begin where this does\ncd {from}\nshards=$(sbatch --parsable {here}/array.sh)\n\
         merge=$(sbatch --parsable --dependency=\"afterany:${{shards%%;*}}\" {here}/merge.sh)\n\
         echo \"$shards $merge\"\n"
    )
}

fn head(request: &Request, name: &str, folder: &str, log: &str) -> String {
    let Request {
        processors,
        minutes,
        megabytes,
        partition,
        ..
    } = request;
    let mut text = format!(
        "#!/bin/sh\n#SBATCH --job-name={name}\n#SBATCH --ntasks=1\n#SBATCH --cpus-per-task={processors}\n\
         #SBATCH --time={minutes}\n#SBATCH --mem={megabytes}M\n#SBATCH --output=\"{}/{log}.log\"\n",
        // the scheduler would put a number there
        folder.replace('%', "%%")
    );
    if let Some(partition) = partition {
        let _ = writeln!(text, "#SBATCH --partition={partition}");
    }
    text
}

/// A word of the shell that stands for itself.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_for_themselves() {
        assert_eq!(quoted("--g"), "--g");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        let command = CommandWords {
            program: "/opt/host-sim".to_owned(),
            words: vec!["run".to_owned(), "--out".to_owned(), "a b".to_owned()],
        };
        assert_eq!(command.line("--merge"), "/opt/host-sim run --out 'a b' --merge");
    }
}
