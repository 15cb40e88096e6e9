/// Feeds bytes that libFuzzer makes up to the TOML reader.
///
///     scripts/fuzz 60 TOML
import FuzzSupport
import TOML

FuzzEntry.run { bytes in
    do throws(TOMLError) {
        let table = try TOMLDocument.parse(bytes)
        let lines = bytes.count { $0 == 0x0A } + 1
        precondition(table.members.allSatisfy { (1...lines).contains($0.line) }, "a line outside of the text")
        // What stands behind a comment changes nothing.
        let commented = try TOMLDocument.parse(Array("# note\n".utf8) + bytes)
        precondition(
            "\(commented.members.map(\.key))" == "\(table.members.map(\.key))", "a comment changes a document")
    } catch {
        precondition(error.line >= 1, "an error without a line")
    }
}
