import TestSupport
import Testing

@testable import TOML

@Suite("TOML by its specification")
struct SpecificationTests {
    /// Something of everything, on lines that the tests name.
    static let everything = """
        # note
        title = "TOML \\"x\\" \\u00e9"
        "quoted key".'lit' = 'C:\\path'
        int = [ +99, -0, 1_000, 0xDEAD_beef, 0o755, 0b1101, ]
        float = [ 3.14, -1e-2, 5e+22, inf, -nan, ]
        when = [ 1979-05-27T07:32:00.5-08:00, 1979-05-27 07:32:00, 1979-05-27, 07:32:00.999999 ]
        text = \"\"\"
        one \\
            two
        three ""quoted\"\"\"\"\"
        raw = '''
        a'b''c\\n'''
        point = { x = 1, y.z = [ { a = true }, {} ] }
        [a.b]
        c.d = 1
        c.e = 2
        [[list]]
        [list.sub]
        n = 1
        [[list]]
        [[list.inner]]
        [a]
        f = false

        """

    private func root(_ text: String) throws -> TOMLTable { try TOMLDocument.parse(Array(text.utf8)) }

    private func problem(_ text: String) -> TOMLError? { #expect(throws: TOMLError.self) { try root(text) } }

    @Test("every kind of value is read")
    func values() throws {
        let table = try root(Self.everything)
        #expect(table["title"]?.stringValue == "TOML \"x\" é")
        #expect(table["quoted key"]?["lit"]?.stringValue == "C:\\path")
        #expect(table["int"]?.arrayValue?.compactMap(\.integerValue) == [99, 0, 1000, 0xDEAD_BEEF, 0o755, 0b1101])
        #expect(table["text"]?.stringValue == "one two\nthree \"\"quoted\"\"")
        #expect(table["raw"]?.stringValue == "a'b''c\\n")
        #expect(table["point"]?["y"]?["z"]?.arrayValue?.first?["a"]?.booleanValue == true)
        #expect(table["a"]?["b"]?["c"]?["e"]?.integerValue == 2)
        #expect(table["a"]?["f"]?.booleanValue == false)
        #expect(table["list"]?.arrayValue?.count == 2)
        #expect(table["list"]?.arrayValue?.first?["sub"]?["n"]?.integerValue == 1)
        let when = try #require(table["when"]?.arrayValue)
        #expect(when.map(\.kindName) == ["an offset date-time", "a local date-time", "a local date", "a local time"])
        #expect(
            when[0]
                == .offsetDateTime(
                    TOMLOffsetDateTime(
                        local: TOMLLocalDateTime(
                            date: TOMLLocalDate(year: 1979, month: 5, day: 27),
                            time: TOMLLocalTime(hour: 7, minute: 32, second: 0, nanosecond: 500_000_000)),
                        offsetMinutes: -480)))
    }

    @Test("keys and tables know their lines")
    func lines() throws {
        let table = try root(Self.everything)
        #expect(table.member("title")?.line == 2)
        #expect(table.member("raw")?.line == 11)
        #expect(table["a"]?["b"]?.tableValue?.member("c")?.line == 15)
        #expect(table["list"]?.arrayValue?.map { $0.tableValue?.line } == [17, 20])
        #expect(table["a"]?.tableValue?.line == 22)
        #expect(table["a"]?.tableValue?.member("f")?.line == 23)
    }

    @Test(
        "what must not be defined twice is refused on its line, with the line of the first",
        arguments: [
            ("a = 1\na = 2", 2), ("a.b = 1\na.b = 2", 2), ("[a]\n[a]", 2), ("[a.b]\n[a]\n[a]", 3), ("a = 1\n[a]", 2),
            ("[a]\n[[a]]", 2), ("[[a]]\n[a]", 2), ("[a]\nb.c = 1\n[a.b]", 3), ("[a.b.c]\nz = 9\n[a]\nb.c.t = 1", 4),
            ("a = {b = 1}\na.c = 2", 2), ("a = {b = 1}\n[a.c]", 2), ("a = []\n[[a]]", 2), ("a = [{}]\n[a.b]", 2),
            ("x = {a = 1, a = 2}", 1), ("x = {a.b = 1, a = 2}", 1), ("x = {a = {}, a.b = 2}", 1), ("[a.b]\n[[a]]", 2),
            ("a = 1\n'a' = 2", 2), ("é = 1", 1), ("[[a.b]]\n[a]\nb.c = 1", 3), ("a.b = 1\na = 2", 2),
            ("a = 1\na.b = 2", 2), ("[[a]]\nb = 1\n[a.b]", 3),
        ])
    func redefinitions(_ text: String, _ line: Int) {
        #expect(problem(text)?.line == line, "\(text.debugDescription)")
    }

    @Test(
        "what the grammar lacks is refused",
        arguments: [
            "a", "a =", "= 1", "a = 1 b = 2", "a = 1\rb = 2", "[a", "[a]]", "[[a]", "[ [a] ]", "[]", "[a.]", "[.a]",
            "a. = 1",
            "a = \"x\ny\"", "a = 'x", "a = \"\\x41\"", "a = \"\\ud800\"", "a = \"\\U00110000\"", "a = \"\\u12\"",
            "a = \"\"\"x", "a = '''x''", "a = '''x''''''", "a = \"\"\"x\"\"\"\"\"\"", "a = \"\"\"\\ x\"\"\"",
            "a = {b = 1,}",
            "a = {b = 1\n}", "a = {,}", "a = [1 2]", "a = [,]", "a = [1,,2]", "a = 01", "a = 1__0", "a = 0x", "a = 0XF",
            "a = -0xF", "a = 1.", "a = .1", "a = 1e", "a = TRUE", "a = Inf", "a = nanx", "a = 9223372036854775808",
            "a = 2023-02-29", "a = 2023-13-01", "a = 1979-05-27T24:00:00", "a = 1979-05-27T07:32", "a = 07:32",
            "a = 1979-05-27T07:32:00+24:00", "a = 1979-05-27T07:32:00.Z", "a = 1979-5-27", "\u{FEFF}a = 1",
            "a = 1 # \u{7F}",
            "a = \"\u{1}\"", "a = '\u{7F}'", "\"\"\"a\"\"\" = 1", "a = \u{0}", "a b = 1", "a = 1,", "a = [1]]",
            "a = {}}",
            "a = \"a\"b", "1.2.3", "[\"a\nb\"]",
        ])
    func refused(_ text: String) {
        #expect(throws: TOMLError.self, "\(text.debugDescription)") { try root(text) }
    }

    @Test("keys that Unicode calls equal are two keys when their bytes differ")
    func canonicalEquivalence() throws {
        let table = try root("\"\u{e9}\" = 1\n\"e\u{301}\" = 2\n")
        #expect(table.members.map { $0.value.integerValue } == [1, 2])
        #expect(table["e\u{301}"]?.integerValue == 2)
        #expect(table["\u{e9}"]?.integerValue == 1)
    }

    @Test("look-up and refusal work the same in large tables")
    func largeTables() throws {
        let text = (0..<500).map { "k\($0) = \($0)\n" }.joined()
        #expect(try root(text)["k499"]?.integerValue == 499)
        #expect(problem(text + "k3 = 0")?.reason == .duplicateKey("k3", firstLine: 4))
        let inline = "a = {\((0..<30).map { "k\($0) = 0" }.joined(separator: ", "))"
        #expect(try root(inline + "}")["a"]?["k29"] == .integer(0))
        #expect(problem(inline + ", k7 = 1}") != nil)
    }

    @Test("depth and size are bounded, on every way to nest")
    func bounds() throws {
        func deep(_ open: String, _ middle: String, _ close: String, _ count: Int) -> String {
            String(repeating: open, count: count) + middle + String(repeating: close, count: count)
        }
        for text in [
            "a = " + deep("[", "1", "]", 100_000), "a = " + deep("{a = ", "1", "}", 100_000),
            deep("a.", "a", "", 100_000) + " = 1", "[" + deep("a.", "a", "", 100_000) + "]",
            "[[" + deep("a.", "a", "", 100_000) + "]]", "a = {" + deep("a.", "a", "", 100_000) + " = 1}",
            (1...200).map { "[[" + deep("a.", "a", "", $0) + "]]\n" }.joined(),
        ] {
            #expect(problem(text)?.reason == .tooDeep(limit: 128))
        }
        #expect(try root("a = " + deep("[", "1", "]", 100)).members.count == 1)
        #expect(throws: TOMLError(line: 1, reason: .tooLong(bytes: 5, limit: 4))) {
            try TOMLDocument.parse(Array("a = 1".utf8), limits: TOMLLimits(maxBytes: 4))
        }
    }

    @Test("bytes that are no UTF-8 are refused with their line, in comments too")
    func encoding() {
        for text in [Array("a = 1\n# ".utf8) + [0xFF], Array("a = 1\nb = \"".utf8) + [0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: TOMLError(line: 2, reason: .invalidUTF8)) { try TOMLDocument.parse(text) }
        }
    }

    @Test("messages say what was found and what was expected")
    func messages() {
        #expect(problem("a = 1\nb 2")?.description == "invalid TOML at line 2: found '2' where '=' or '.' was expected")
        #expect(
            problem("a = 1\n\na = 2")?.description
                == "invalid TOML at line 3: the key 'a' is given twice; first in line 1")
        #expect(problem("a = no")?.description == "invalid TOML at line 1: 'no' is not a value; texts need quotes")
    }
}
