import Foundation
import SourceCode
import TestSupport
import Testing

/// Compares tokens with those of acorn, over JavaScript that Debian's packages bring.
@Suite("Tokens of JavaScript beside those of acorn")
struct JavaScriptDifferentialTests {
    private static let root = "/usr/share/nodejs"

    /// Every file's tokens and comments as acorn sees them are compared with ours; prints what differs and the counts.
    private static let program = """
        const acorn = require('/usr/share/nodejs/acorn/dist/acorn.js'), fs = require('fs')
        let compared = 0
        for (const line of fs.readFileSync(0, 'utf8').split('\\n')) {
          const [path, tokens, comments] = line.split('\\t')
          if (!path) continue
          const text = fs.readFileSync(path, 'utf8')
          if (text.charCodeAt(0) === 0xFEFF || text.includes('\\ufffd')) continue
          let seen, remarks, parsed = false
          for (const sourceType of ['module', 'script']) {
            seen = []; remarks = []
            try {
              acorn.parse(text, { ecmaVersion: 'latest', sourceType, onToken: seen, onComment: remarks,
                allowHashBang: true, allowReturnOutsideFunction: true })
              parsed = true
              break
            } catch (error) { }
          }
          if (!parsed) continue
          const offsets = new Int32Array(text.length + 1)
          for (let i = 0, at = 0; i <= text.length; i++) {
            offsets[i] = at
            const unit = text.charCodeAt(i)
            at += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xD800 && unit < 0xDC00 ? 4 : unit >= 0xDC00 && unit < 0xE000 ? 0 : 3
          }
          const wanted = []
          for (let i = 0; i < seen.length; i++) {
            const { type, start, end } = seen[i], label = type.label
            if (label === 'eof' || label === '`' || label === '${') continue
            if (label === '}' && seen[i + 1] && seen[i + 1].type.label === 'template') continue
            if (label === 'template') wanted.push(3, offsets[start] - 1, offsets[end] + (text[end] === '`' ? 1 : 2))
            else wanted.push(label === 'string' ? 2 : label === 'regexp' ? 6 : label === 'num' ? 1
              : label === 'name' || type.keyword || label === 'privateId' ? 0 : 7, offsets[start], offsets[end])
          }
          const found = tokens.split(' ').filter(Boolean).map(Number)
          for (let i = 0; i < found.length; i += 3)
            if (found[i] === 4 || found[i] === 5 || found[i] === 2 && text[0] !== undefined && wanted[i] === 3) found[i] = 3
          const ours = comments.split(' ').filter(Boolean).map(Number)
          const theirs = remarks.flatMap(({ start, end }) => [offsets[start], offsets[end]])
          if (text.startsWith('#!') && theirs[0] !== 0) theirs.unshift(0, ours[1])
          if (found.join() !== wanted.join()) console.log('tokens of', path)
          if (ours.join() !== theirs.join()) console.log('comments of', path)
          compared++
        }
        console.log(compared)
        """

    @Test("every token and comment of a sample of files has the same kind and place")
    func sample() throws {
        let paths = try #require(FileManager.default.enumerator(atPath: Self.root))
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".js") }.sorted()
        try #require(paths.contains("acorn/dist/acorn.js"), "run `scripts/setup test`: node-acorn is missing")
        var lines: [String] = []
        var total = 0
        for path in stride(from: 7, to: paths.count, by: 31).map({ Self.root + "/" + paths[$0] }) where total < 700_000
        {
            guard let data = FileManager.default.contents(atPath: path), data.count < 60_000 else { continue }
            total += data.count
            let model = JavaScript.model(of: SourceText(bytes: Array(data)))
            let tokens = model.tokens.map { "\($0.kind.rawValue) \($0.start) \($0.end)" }.joined(separator: " ")
            let comments = model.comments.map { "\($0.lowerBound) \($0.upperBound)" }.joined(separator: " ")
            lines.append("\(path)\t\(tokens)\t\(comments)")
        }
        let answer = try #require(OtherProgram(["node", "-e", Self.program]).answer(lines.joined(separator: "\n")))
        let report = answer.split(separator: "\n")
        #expect(report.count == 1, "\(answer)")
        #expect(Int(report.last ?? "") ?? 0 > lines.count * 9 / 10)
    }
}
