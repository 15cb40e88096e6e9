/// Feeds bytes that libFuzzer makes up to the TOML reader.
///
///     JURAT_FUZZ=1 swift build --product FuzzTOML --scratch-path .build/fuzz
///     .build/fuzz/debug/FuzzTOML -max_len=400 -max_total_time=60
import TOML

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32

@_cdecl("LLVMFuzzerTestOneInput")
func tryOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    do throws(TOMLError) {
        let table = try TOMLDocument.parse(bytes)
        let lines = bytes.count { $0 == 0x0A } + 1
        precondition(table.members.allSatisfy { (1...lines).contains($0.line) }, "a line outside of the text")
        // What stands behind a comment changes nothing.
        let commented = try TOMLDocument.parse(Array("# note\n".utf8) + bytes)
        precondition("\(commented.members.map(\.key))" == "\(table.members.map(\.key))", "a comment changes a document")
    } catch {
        precondition(error.line >= 1, "an error without a line")
    }
    return 0
}

private var count = CommandLine.argc
private var arguments = unsafe CommandLine.unsafeArgv
_ = unsafe runFuzzer(&count, &arguments, tryOneInput)
