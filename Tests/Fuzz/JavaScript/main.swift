/// Feeds bytes that libFuzzer makes up to the reader of JavaScript and TypeScript.
///
///     scripts/fuzz 60 JavaScript
import FuzzSupport
import SourceCode

FuzzEntry.run { bytes in
    let model = JavaScript.model(of: SourceText(bytes: bytes))
    check(model)
    check(JavaScript.model(of: SourceText(bytes: bytes), language: .typeScript))
    // What stands before a file on a line of its own changes no token of it.
    let commented = JavaScript.model(of: SourceText(bytes: Array("/* note */\n".utf8) + bytes))
    let startsOtherwise = bytes.starts(with: "#!".utf8)
    precondition(
        startsOtherwise || commented.tokens.count == model.tokens.count, "a comment changes the tokens of a file")
}

/// Every range lies in the file, and everything is in its order.
func check(_ model: CodeModel) {
    var last: Int32 = 0
    for token in model.tokens {
        precondition(token.start >= last && token.end > token.start, "tokens overlap")
        last = token.end
    }
    precondition(Int(last) <= model.source.bytes.count, "a token behind the end")
    let count = Int32(model.tokens.count)
    var start: Int32 = 0
    for call in model.calls {
        precondition(call.tokens.lowerBound >= start && call.tokens.upperBound <= count, "calls out of order")
        // Two hundred bytes of the file; each that is no UTF-8 becomes a character of three.
        precondition(call.callee.path.utf8.count <= 600, "a path that is too long")
        start = call.tokens.lowerBound
    }
    for string in model.strings {
        precondition(string.tokens.upperBound <= count && string.value.count <= 1 << 20, "a string out of bounds")
    }
    precondition(model.bindings.allSatisfy { $0.value.upperBound <= count }, "a value behind the end")
    precondition(model.scopes.allSatisfy { $0.tokens.upperBound <= count }, "a scope behind the end")
}
