import Foundation
import Platform
import SourceCode
import TestSupport
import Testing

/// Three lines for each file of Python's own library: its path; its names, numbers, strings and comments as letters with
/// their first byte and the byte after the last, an f-string with all that is in it as one; its constant texts outside of
/// f-strings in hexadecimal digits.
private let program = """
    import ast, io, os, sys, sysconfig, token, tokenize
    sys.setrecursionlimit(20000)
    step, limit = map(int, sys.stdin.read().split())
    root = sysconfig.get_paths()['stdlib']
    paths = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in ('site-packages', '__pycache__'))
        paths += [os.path.join(folder, f) for f in sorted(files) if f.endswith('.py')]
    total = 0
    for path in sorted(paths)[::step]:
        raw = open(path, 'rb').read()
        if b'\\r' in raw or raw.startswith(b'\\xef\\xbb\\xbf') or len(raw) > limit:
            continue
        try:
            text = raw.decode('utf-8')
            tree = ast.parse(raw)
            found = list(tokenize.generate_tokens(io.StringIO(text).readline))
            # The other reader takes some letters of other planes for errors.
            if any(t.type == token.ERRORTOKEN for t in found):
                continue
        except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
            continue
        total += len(raw)
        if total > limit:
            break
        starts, lines = [0], text.split('\\n')
        for line in lines:
            starts.append(starts[-1] + len(line.encode()) + 1)
        def place(position):
            row, column = position
            return starts[row - 1] + len(lines[row - 1][:column].encode())
        kinds = {token.NAME: 'n', token.NUMBER: 'd', token.STRING: 's', tokenize.COMMENT: 'c'}
        out, depth, begin = [], 0, 0
        for each in found:
            name = token.tok_name[each.type]
            if name in ('FSTRING_START', 'TSTRING_START'):
                if depth == 0: begin = place(each.start)
                depth += 1
            elif name in ('FSTRING_END', 'TSTRING_END'):
                depth -= 1
                if depth == 0: out.append('s%d-%d' % (begin, place(each.end)))
            elif depth == 0 and each.type in kinds:
                out.append('%s%d-%d' % (kinds[each.type], place(each.start), place(each.end)))
        values, work = set(), [tree]
        while work:
            node = work.pop()
            if isinstance(node, ast.JoinedStr): continue
            if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
                value = node.value
                try:
                    values.add((value if isinstance(value, bytes) else value.encode()).hex())
                except UnicodeEncodeError:
                    pass
            work += ast.iter_child_nodes(node)
        print(path)
        print(' '.join(out))
        print(' '.join(sorted(values)))
    """

@Suite("Python beside CPython's own readers")
struct PythonDifferentialTests {
    /// Our tokens in the form of the other reader.
    private func tokens(_ model: CodeModel) -> [Substring] {
        var result: [(Int32, String)] = model.comments.map { ($0.lowerBound, "c\($0.lowerBound)-\($0.upperBound)") }
        var (depth, begin): (Int, Int32) = (0, 0)
        for token in model.tokens {
            switch token.kind {
            case .templateHead:
                if depth == 0 { begin = token.start }
                depth += 1
            case .templateTail:
                depth -= 1
                if depth == 0 { result.append((begin, "s\(begin)-\(token.end)")) }
            case .identifier where depth == 0: result.append((token.start, "n\(token.start)-\(token.end)"))
            case .number where depth == 0: result.append((token.start, "d\(token.start)-\(token.end)"))
            case .string where depth == 0: result.append((token.start, "s\(token.start)-\(token.end)"))
            case .identifier, .number, .string, .templateMiddle, .regularExpression, .punctuator, .markupText,
                .newline, .indent, .dedent:
                continue
            }
        }
        return result.sorted { $0.0 < $1.0 }.map { $0.1[...] }
    }

    /// Our literals, also those that stand one behind the other as one.
    private func texts(_ model: CodeModel) -> Set<[UInt8]> {
        var known: Set<[UInt8]> = []
        var (run, end): ([UInt8], Int32) = ([], -1)
        for string in model.strings where string.origin != .decoded {
            known.insert(Array(string.value))
            guard string.tokens.count == 1 else { continue }
            run = string.tokens.lowerBound == end ? run + string.value : Array(string.value)
            end = string.tokens.upperBound
            known.insert(run)
        }
        return known
    }

    /// A sample of the library; all of it with `JURAT_TEST_WHOLE_LIBRARY=1`.
    @Test("the library of Python has the same tokens and the same texts")
    func library() throws {
        let isWhole = ProcessEnvironment.system()["JURAT_TEST_WHOLE_LIBRARY"] != nil
        let answer = try #require(try OtherProgram.python(program).answer(isWhole ? "1 1000000000" : "31 400000"))
        let lines = answer.split(separator: "\n", omittingEmptySubsequences: false)
        var files = 0
        for start in stride(from: 0, to: lines.count - 2, by: 3) {
            let path = String(lines[start])
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            let model = Python.model(of: SourceText(bytes: bytes))
            files += 1
            #expect(model.problems.isEmpty, "\(path)")
            let (theirs, ours) = (lines[start + 1].split(separator: " "), tokens(model))
            if theirs != ours {
                let place = zip(theirs, ours).enumerated().first { $0.element.0 != $0.element.1 }
                let pair = place.map { "\($0.element)" } ?? "\(theirs.count) and \(ours.count) tokens"
                Issue.record("\(path): token \(place?.offset ?? -1): \(pair)")
            }
            let known = texts(model)
            for digits in lines[start + 2].split(separator: " ") {
                let value = stride(from: 0, to: digits.utf8.count, by: 2).map { offset in
                    UInt8(String(decoding: digits.utf8.dropFirst(offset).prefix(2), as: UTF8.self), radix: 16) ?? 0
                }
                // Names of characters are not known to us.
                if !known.contains(value), !known.contains(where: { $0.contains(0xEF) }) {
                    Issue.record(
                        "\(path): no text \(String(decoding: value.prefix(80), as: UTF8.self).debugDescription)")
                }
            }
        }
        print("\(files) files compared")
        #expect(files >= 15)
    }
}
