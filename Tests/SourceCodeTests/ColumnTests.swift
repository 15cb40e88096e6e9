import Testing

@testable import SourceCode

@Suite("Lists with one owner")
struct ColumnTests {
    @Test(
        "arrays that are written as columns hold everything, however much room was asked for",
        arguments: [0, 1, 7, 8, 9, 100])
    func arrays(count: Int) {
        let expected = (0..<count).map { "value number \($0)" }
        let array = Column<String>.array(capacity: 8) { column in
            for value in expected { column.append(value) }
        }
        #expect(array == expected)
    }

    @Test("a column that is exchanged while it is written takes its memory along")
    func exchange() {
        let array = Column<Int32>.array(capacity: 4) { column in
            var other = Column<Int32>()
            swap(&column, &other)
            for value in Int32(0)..<3 { other.append(value) }
            swap(&column, &other)
        }
        #expect(array == [0, 1, 2])
    }

    @Test("eight bytes are told apart like each of them")
    func nameBytes() {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<8 {
                for filling in [UInt8(0x00), 0x41, 0x7F, 0x80, 0xFF] {
                    var bytes = [UInt8](repeating: filling, count: 8)
                    bytes[place] = byte
                    let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    let isOther = PythonNameByte.others(in: word) >> UInt64(place * 8 + 7) & 1 == 1
                    #expect(isOther != PythonNameByte.isPart(byte), "byte \(byte) at \(place) among \(filling)")
                }
            }
        }
    }

    @Test("tokens keep their kind and their ends")
    func tokens() {
        let kinds: [TokenKind] = [
            .identifier, .number, .string, .templateHead, .templateMiddle, .templateTail, .regularExpression,
            .punctuator, .markupText, .newline, .indent, .dedent,
        ]
        for kind in kinds {
            for (start, end) in [(Int32(0), Int32(0)), (5, 9), (1 << 30, 1 << 30 + 1 << 27)] {
                let token = Token(kind, start, end)
                #expect(token.kind == kind && token.start == start && token.end == end)
            }
        }
        #expect(MemoryLayout<Token>.size == 8)
    }
}
