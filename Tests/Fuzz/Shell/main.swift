/// Feeds bytes that libFuzzer makes up to the reader of shell text and to what judges it.
///
///     JURAT_FUZZ=1 swift build --product FuzzShell --scratch-path .build/fuzz
///     .build/fuzz/debug/FuzzShell -max_len=600 -max_total_time=60
@testable import Analyzers

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32

@_cdecl("LLVMFuzzerTestOneInput")
func tryOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    let script = ShellParser.parse(bytes)
    let words = script.allPipelines.flatMap(\.commands).flatMap(\.words)
    precondition(
        words.allSatisfy { $0.text.count <= bytes.count + ShellParser.maxExpandedBytes }, "a word grew without bound")
    let unfolded = ShellUnfolding(bytes)
    precondition(unfolded.commands.count <= ShellUnfolding.maxCommands, "more commands than are looked at")
    let judged = InstallCommand.judge(bytes)
    precondition(judged == InstallCommand.judge(bytes), "the same text is judged in two ways")
    precondition(InstallCommand.judgeFile(bytes).isSubset(of: judged), "a file is judged harder than a command")
    // A comment before it changes nothing, unless the text is of a form that reads on from there.
    let commented = Array("# note\n".utf8) + bytes
    precondition(ShellParser.parse(commented).pipelines.count == script.pipelines.count, "a comment changes a script")
    _ = CommandSigns.judge(bytes)
    _ = PowerShellText.signs(in: bytes)
    return 0
}

private var count = CommandLine.argc
private var arguments = unsafe CommandLine.unsafeArgv
_ = unsafe runFuzzer(&count, &arguments, tryOneInput)
