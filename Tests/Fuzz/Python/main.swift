/// Feeds bytes that libFuzzer makes up to the decoder and the reader of Python.
///
///     scripts/fuzz 60 Python
import FuzzSupport
import SourceCode

FuzzEntry.run { bytes in
    _ = SourceText(decoding: bytes, language: nil)
    guard let source = SourceText(decoding: bytes, language: .python) else {
        preconditionFailure("a program that is no text")
    }
    let model = Python.model(of: source)
    var end: Int32 = 0
    for token in model.tokens {
        precondition(token.start >= end && token.end >= token.start, "tokens out of order")
        end = token.end
    }
    precondition(Int(end) <= source.bytes.count, "a token outside of the text")
    let tokens = Int32(model.tokens.count)
    func check(_ range: TokenRange, _ scope: Int32) {
        precondition(range.lowerBound >= 0 && range.upperBound <= tokens, "tokens outside of the text")
        precondition(scope >= 0 && Int(scope) < model.scopes.count, "no such scope")
    }
    for call in model.calls {
        check(call.tokens, call.scope)
        for argument in call.arguments { check(argument.tokens, call.scope) }
    }
    for read in model.reads { check(read.tokens, read.scope) }
    for string in model.strings { check(string.tokens, string.scope) }
    for binding in model.bindings { check(binding.value, binding.scope) }
    for module in model.imports { check(module.tokens, module.scope) }
    for scope in model.scopes { check(scope.tokens, scope.parent ?? 0) }
}
