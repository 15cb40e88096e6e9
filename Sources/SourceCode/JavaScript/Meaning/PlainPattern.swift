/// A regular expression that stands for one text or for any of some characters.
struct PlainPattern {
    private var characters: Set<UInt8> = []
    private var text: [UInt8] = []
    private let isGlobal: Bool

    init?(_ token: Token, _ source: [UInt8]) {
        var body = source[Int(token.start) + 1..<Int(token.end)]
        guard let slash = body.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        isGlobal = body[slash...].contains(UInt8(ascii: "g"))
        body = body[..<slash]
        if body.last == UInt8(ascii: "+") { body.removeLast() }
        let isClass = body.first == UInt8(ascii: "[") && body.last == UInt8(ascii: "]") && body.count > 2
        if isClass { body = body.dropFirst().dropLast() }
        var isEscaped = false
        for byte in body {
            let isSpecial = !JavaScriptTokenizer.isNameByte(byte) && byte < 0x80 || byte == UInt8(ascii: "$")
            if isEscaped {
                guard isSpecial else { return nil }
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            } else if isClass ? byte == UInt8(ascii: "^") || byte == UInt8(ascii: "-") : Self.operators.contains(byte) {
                return nil
            }
            if isClass { characters.insert(byte) } else { text.append(byte) }
        }
        guard !text.isEmpty || !characters.isEmpty else { return nil }
    }

    private static let operators = Set(".*+?()[]{}|^$".utf8)

    func replace(in value: [UInt8], by new: [UInt8]) -> [UInt8] {
        if !text.isEmpty {
            guard case .text(let result)? = ConstantMethods.replace(value, [.text(text), .text(new)], all: isGlobal)
            else { return value }
            return result
        }
        var (result, isDone) = ([UInt8](), false)
        for byte in value {
            if characters.contains(byte), !isDone {
                result += new
                isDone = !isGlobal
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
