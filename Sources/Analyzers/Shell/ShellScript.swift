/// A shell command line split as a POSIX shell would, as far as judging it needs.
///
/// Quotes and escapes are resolved, so that `c""url` is the word `curl`. Expansions are not carried out: a word
/// remembers that it has one, and holds the parsed text of `$(…)`, backticks and `<(…)`.
struct ShellScript {
    /// Pipelines in order; `;`, `&&`, `||`, `&` and line ends only separate them.
    var pipelines: [ShellPipeline] = []

    /// Every pipeline of this script, those inside substitutions included, outermost first.
    var allPipelines: [ShellPipeline] {
        var found: [ShellPipeline] = []
        var waiting = pipelines[...]
        while let next = waiting.popFirst() {
            found.append(next)
            for word in next.commands.flatMap(\.words) {
                waiting.append(contentsOf: word.substitutions.flatMap(\.script.pipelines))
            }
        }
        return found
    }
}

/// Commands connected by `|`.
struct ShellPipeline {
    var commands: [ShellCommand] = []
}

/// One simple command: its words and where its output goes.
struct ShellCommand {
    var words: [ShellWord] = []
    /// Targets of `>` and `>>`, of standard output only.
    var outputs: [[UInt8]] = []
    /// The text of here-documents and here-strings.
    var input: [UInt8] = []
}

/// One word after quote removal.
struct ShellWord {
    /// The bytes that stand there literally; substitutions leave nothing behind.
    var text: [UInt8] = []
    var substitutions: [ShellSubstitution] = []
    /// Names of variables that the word expands.
    var variables: [[UInt8]] = []
    /// Whether any part of the word was quoted: an empty quoted word is still a word.
    var isQuoted = false

    /// Whether what the shell will see is decided only at run time.
    var isComputed: Bool { !substitutions.isEmpty || !variables.isEmpty }
}

/// The text of `$(…)`, backticks or `<(…)`, parsed.
struct ShellSubstitution {
    enum Kind { case command, process }
    let kind: Kind
    let script: ShellScript
}
