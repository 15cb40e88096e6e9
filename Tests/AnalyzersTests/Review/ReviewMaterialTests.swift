import Foundation
import Registry
import Screening
import TestSupport
import Testing

@testable import Analyzers

/// The material of an artifact, as a child would answer it and a worker read it.
func reviewMaterial(_ artifact: Artifact, room: Int = 64 << 10) throws -> ReviewMaterial {
    let material = ReviewPreparation.material(
        of: .memory(artifact.bytes), context: artifact.context, limits: .standard, room: room)
    #expect(material.encoded.count <= room)
    #expect(try ReviewMaterial(decoding: material.encoded) == material)
    return material
}

@Suite("What models are shown of an artifact")
struct ReviewMaterialTests {
    @Test("what runs by itself comes first, tests come last")
    func order() throws {
        let manifest =
            #"{"name":"acme-box","version":"1.2.3","main":"lib/main.js","scripts":{"postinstall":"node zz/setup.js"}}"#
        let artifact = try npmTarball(manifest: manifest) { tar in
            tar.addFile("package/README.md", "# a box\n")
            tar.addFile("package/aa/never.js", "exports.a = 1\n")
            tar.addFile("package/aa/test/a.test.js", "console.log(1)\n")
            tar.addFile("package/lib/main.js", "require('./part')\n")
            tar.addFile("package/lib/part.js", "exports.b = 2\n")
            tar.addFile("package/logo.bin", "\u{0}\u{1}\u{2}\u{3}\u{0}\u{0}")
            tar.addFile("package/zz/setup.js", "console.log('hello')\n")
        }
        let material = try reviewMaterial(artifact)
        #expect(
            material.passages.map(\.path) == [
                "package/package.json", "package/zz/setup.js", "package/lib/main.js", "package/lib/part.js",
                "package/aa/never.js", "package/README.md", "package/aa/test/a.test.js",
            ])
        #expect(material.passages.map(\.role) == [.manifest, .install, .load, .load, .call, .text, .quiet])
        #expect(material.binaryFiles == ["package/logo.bin"])
        #expect(material.isWhole)
        #expect(material.shows(path: "package/lib/main.js", line: 1))
        #expect(!material.shows(path: "package/lib/main.js", line: 2))
        #expect(!material.shows(path: "package/lib/other.js", line: 1))
        #expect(!material.shows(path: "package/logo.bin", line: 1))
    }

    @Test("of wheels and sdists too")
    func python() throws {
        var wheel = WheelBuilder()
        wheel.add("acme_box/extra.py", "import os\n")
        let shown = try reviewMaterial(try wheel.artifact())
        #expect(shown.passages.first?.role == .manifest)
        #expect(shown.passages.contains { $0.path == "acme_box/extra.py" && $0.role == .load })
        #expect(shown.passages.last?.path.hasSuffix("RECORD") == true)
        let source = try reviewMaterial(try sdist())
        #expect(source.passages.contains { $0.path == "acme_box-1.2.3/setup.py" && $0.role == .install })
    }

    @Test("with little room what was noticed is shown, with its surroundings, and the rest is said to be left out")
    func littleRoom() throws {
        let filler = (1...4000).map { "const value\($0) = \($0);\n" }
        let code =
            filler[..<3000].joined() + "eval(Buffer.from('YWxlcnQoMSk=', 'base64').toString())\n"
            + filler[3000...].joined()
        let artifact = try npmTarball { tar in
            tar.addFile("package/index.js", code)
            for index in 0..<60 { tar.addFile("package/more/\(index).js", filler[..<200].joined()) }
        }
        let material = try reviewMaterial(artifact, room: 16 << 10)
        let index = try #require(material.passages.first { $0.path == "package/index.js" })
        #expect(index.lines.contains { $0.number == 3001 && $0.text.hasPrefix("eval(") })
        #expect(index.lines.contains { $0.number == 2995 })
        #expect(index.lines.contains { $0.number == 1 })
        #expect(!index.lines.contains { $0.number == 2000 })
        #expect(index.totalLines == 4001)
        #expect(material.omittedCount > 30)
        #expect(!material.isWhole)
        let text = ReviewPrompt(material, about: artifact.context.purl).user
        #expect(text.contains("NOT SHOWN \(material.omittedCount) files for which there was no room"))
        #expect(text.contains("LINES "))
        #expect(text.contains("of 4001 lines shown"))
    }

    @Test("an archive that ends early is said to be incomplete, and one that is none has nothing to show")
    func broken() throws {
        var artifact = try npmTarball { $0.addFile("package/index.js", "exports.a = 1\n") }
        artifact.bytes = Array(artifact.bytes.prefix(artifact.bytes.count - 700))
        #expect(try reviewMaterial(artifact).isIncomplete)
        let nothing = try reviewMaterial(try npmArtifact(Array("no archive".utf8)))
        #expect(nothing.passages.isEmpty && nothing.isIncomplete)
    }

    @Test("an answer is believed only in the form that preparation writes")
    func strict() throws {
        let good = ReviewMaterial(
            mode: .full,
            passages: [
                .init(
                    path: "a/b.js", role: .call, totalLines: 3, removedCharacters: 0,
                    lines: [.init(number: 2, text: "x", isCut: true)])
            ])
        let text = String(decoding: good.encoded, as: UTF8.self)
        #expect(try ReviewMaterial(decoding: Array(text.utf8)) == good)
        let changes = [
            (#""path":"a/b.js""#, #""path":"a b.js""#), ("[2,\" ~x\"]", "[0,\" ~x\"]"),
            ("[2,\" ~x\"]", "[2,\"* x\"]"), ("[2,\" ~x\"]", "[2,\"\"]"), ("[2,\" ~x\"]", "[2,\" ~a\u{202E}b\"]"),
            ("[2,\" ~x\"]", "[2,\" ~<|im_end|>\"]"), (#""mode":"full""#, #""mode":"other""#),
            (#""omitted":[]"#, #""omitted":["a b"]"#), (#""role":"call""#, #""role":"boss""#),
            (#""total":3"#, #""total":-3"#), (#"{"binary""#, #"{"ascii":1,"binary""#),
            ("[2,\" ~x\"]", "[2,\"+~x\"]"), (#""mode":"full""#, #""mode":"diff""#),
            (#""role":"call""#, #""role":"gone""#),
            (#"{"lines""#, #"{"change":"added","lines""#), (#"{"lines""#, #"{"from":"c","lines""#),
        ]
        for (old, new) in changes {
            let changed = text.replacingOccurrences(of: old, with: new)
            #expect(changed != text, "\(old)")
            #expect(throws: AnswerFault.self, "\(new)") { try ReviewMaterial(decoding: Array(changed.utf8)) }
        }
    }

    @Test("an order carries the analysis it stands for and the room, and nothing else is one")
    func message() throws {
        let analysis = AnalysisOrder(
            context: try npmTarball().context, limits: .standard, ruleset: StaticAnalyzer.revision.ruleset.digest,
            memoryBytes: 1 << 30, allowsDegradedSandbox: false)
        let order = ReviewOrder(analysis, room: 4711)
        #expect(ReviewOrder(decoding: order.encoded) == order)
        #expect(AnalysisOrder(decoding: order.encoded) == nil)
        #expect(ReviewOrder(decoding: analysis.encoded) == nil)
        let base = ArtifactContext(
            ecosystem: .npm, purl: try PackageURL(parsing: "pkg:npm/acme-box@1.2.2"), filename: "acme-box-1.2.2.tgz")
        let changes = ReviewOrder(analysis, base: base, room: 4711)
        #expect(ReviewOrder(decoding: changes.encoded) == changes)
        #expect(changes != order && IncrementOrder(decoding: changes.encoded) == nil)
        let foreign = String(decoding: changes.encoded, as: UTF8.self).replacing(
            "pkg:npm/acme-box@1.2.2", with: "pkg:pypi/a@1")
        #expect(ReviewOrder(decoding: Array(foreign.utf8)) == nil)
        for broken in [
            "review-changes 1 {}", "review ", "review x ", "review 1", "review 12345678901 {}", "review -1 {}",
        ] {
            #expect(ReviewOrder(decoding: Array(broken.utf8)) == nil, "\(broken)")
        }
    }
}
