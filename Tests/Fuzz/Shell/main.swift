/// Feeds bytes that libFuzzer makes up to the reader of shell text and to what judges it.
///
///     scripts/fuzz 60 Shell
import FuzzSupport

@testable import Analyzers

FuzzEntry.run { bytes in
    let script = ShellParser.parse(bytes)
    let words = script.allPipelines.flatMap(\.commands).flatMap(\.words)
    precondition(
        words.allSatisfy { $0.text.count <= bytes.count + ShellParser.maxExpandedBytes },
        "a word grew without bound")
    let unfolded = ShellUnfolding(bytes)
    precondition(unfolded.commands.count <= ShellUnfolding.maxCommands, "more commands than are looked at")
    let judged = InstallCommand.judge(bytes)
    precondition(judged == InstallCommand.judge(bytes), "the same text is judged in two ways")
    precondition(InstallCommand.judgeFile(bytes).isSubset(of: judged), "a file is judged harder than a command")
    // A comment before it changes nothing, unless the text is of a form that reads on from there.
    let commented = Array("# note\n".utf8) + bytes
    precondition(
        ShellParser.parse(commented).pipelines.count == script.pipelines.count, "a comment changes a script")
    _ = CommandSigns.judge(bytes)
    _ = PowerShellText.signs(in: bytes)
}
