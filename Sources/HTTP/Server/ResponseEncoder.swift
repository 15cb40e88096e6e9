/// Writes a response's status line and header fields.
///
/// Spec: RFC 9112 sections 4, 5 and 6.
enum ResponseEncoder {
    /// What the head says about the body's delimitation.
    enum Length: Equatable {
        case bytes(Int64)
        case chunked
        /// Nothing: there is no body (204, 304), or it ends with the connection.
        case unsaid
    }

    /// What the head says about the connection; HTTP/1.1 keeps it open unless told otherwise.
    enum Persistence: Equatable {
        case implied
        case keepAlive
        case close
    }

    static func append(
        _ response: borrowing ServerResponse, length: Length, persistence: Persistence, dateLine: [UInt8],
        to output: inout [UInt8]
    ) {
        output.append(literal: "HTTP/1.1 ")
        output.append(decimal: Int64(response.status))
        output.append(literal: " ")
        if let reason = response.reason {
            output.append(reasonPhrase: reason)
        } else {
            output.append(literal: standardReason(response.status))
        }
        output.append(literal: "\r\n")
        output.append(contentsOf: dateLine)
        switch length {
        case .bytes(let count):
            output.append(literal: "Content-Length: ")
            output.append(decimal: count)
            output.append(literal: "\r\n")
        case .chunked: output.append(literal: "Transfer-Encoding: chunked\r\n")
        case .unsaid: break
        }
        switch persistence {
        case .implied: break
        case .keepAlive: output.append(literal: "Connection: keep-alive\r\n")
        case .close: output.append(literal: "Connection: close\r\n")
        }
        append(response.headers, to: &output)
        output.append(literal: "\r\n")
    }

    private static func append(_ headers: borrowing HeaderFields, to output: inout [UInt8]) {
        let storage = headers.storage.span
        for entry in headers.entries {
            let name = storage.extracting(entry.name)
            if isWrittenByServer(name) || !isToken(name) { continue }
            output.append(copying: name)
            output.append(literal: ": ")
            output.append(fieldValue: storage.extracting(entry.value))
            output.append(literal: "\r\n")
        }
    }

    /// Whether the server alone decides on a field; a handler's own is passed over.
    private static func isWrittenByServer(_ name: Span<UInt8>) -> Bool {
        switch name.count {
        case 4: isField(name, "date")
        case 10: isField(name, "connection") || isField(name, "keep-alive")
        case 14: isField(name, "content-length")
        case 17: isField(name, "transfer-encoding")
        default: false
        }
    }

    private static func isToken(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where !isTokenByte(bytes[index]) { return false }
        return !bytes.isEmpty
    }
}

extension [UInt8] {
    mutating func append(literal text: StaticString) {
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    mutating func append(decimal number: Int64) {
        precondition(number >= 0, "lengths and statuses are not negative")
        var rest = number
        var divisor: Int64 = 1
        while rest / 10 >= divisor { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Appends the size line of a chunk.
    mutating func append(chunkOf count: Int) {
        append(contentsOf: String(count, radix: 16).utf8)
        append(literal: "\r\n")
    }

    /// Appends a reason phrase whose bytes outside printable ASCII become `?`, so that it cannot end its line.
    mutating func append(reasonPhrase text: String) {
        for byte in text.utf8 { append(byte >= 0x20 && byte < 0x7F ? byte : UInt8(ascii: "?")) }
    }

    /// Appends a field value whose control characters become spaces (RFC 9110 section 5.5), so that it cannot end its
    /// line.
    mutating func append(fieldValue bytes: Span<UInt8>) {
        let start = count
        append(copying: bytes)
        var controls: UInt8 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            controls |= byte < 0x20 || byte == 0x7F ? 1 : 0
        }
        if controls == 0 { return }
        for index in start..<count where self[index] < 0x20 || self[index] == 0x7F {
            if self[index] != UInt8(ascii: "\t") { self[index] = UInt8(ascii: " ") }
        }
    }
}
