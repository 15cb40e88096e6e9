import Cryptography
import TestSupport
import Testing
import TransparencyLog

@Suite("Signed notes")
struct NoteTests {
    private let signer: NoteSigner
    private let other: NoteSigner

    init() throws {
        let vectors = try Vectors()
        signer = try NoteSigner(name: "log.example.com/a", key: vectors.key("log"))
        other = try NoteSigner(name: "log.example.com/b", key: vectors.key("stranger"))
    }

    @Test("a note comes back as it was written, with every kind of text")
    func roundTrip() throws {
        for text in ["one line\n", "\n", "a\n\nb\n", "a\n\n", "\n\n\n", "naïve — ✓\n", "— looks like a signature\n"] {
            let note = try SignedNote.sign(text, by: signer, other)
            let parsed = try SignedNote(parsing: note.bytes)
            #expect(parsed == note)
            #expect(parsed.text == text)
            #expect(
                try parsed.verify(by: [other.verifier, signer.verifier]).map(\.verifier.name) == [
                    "log.example.com/a", "log.example.com/b",
                ])
        }
    }

    @Test("texts that cannot be signed are refused", arguments: ["", "no line feed", "tab\t\n", "nul\0\n", "cr\r\n"])
    func unsignable(text: String) {
        #expect(throws: NoteError.unsignableText) { try SignedNote.sign(text, by: signer) }
    }

    @Test("a note with any byte changed, dropped or added is refused or says the same")
    func tampering() throws {
        let original = try SignedNote.sign("log.example.com/a\n12\n", by: signer)
        func check(_ bytes: [UInt8]) throws {
            guard let note = try? SignedNote(parsing: bytes), (try? note.verify(by: signer.verifier)) != nil else {
                return
            }
            try #require(note.text == original.text)
            try #require(note.bytes == bytes)
        }
        let bytes = original.bytes
        try check(bytes)
        for position in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << bit
                try check(changed)
            }
            var shorter = bytes
            shorter.remove(at: position)
            try check(shorter)
            for byte in [0x0A, 0x20, 0x41] as [UInt8] {
                var longer = bytes
                longer.insert(byte, at: position)
                try check(longer)
            }
        }
        for end in bytes.indices {
            #expect(throws: NoteError.self) {
                try SignedNote(parsing: Array(bytes[..<end])).verify(by: signer.verifier)
            }
        }
    }

    @Test("signatures by unknown keys are ignored, also when they share a name or a short hash with a known key")
    func unknownKeys() throws {
        var note = try SignedNote.sign("text\n", by: signer)
        let known = note.signatures[0]
        note.add(NoteSignature(name: known.name, keyHash: known.keyHash ^ 1, bytes: [1, 2, 3]))
        note.add(NoteSignature(name: "someone.else", keyHash: known.keyHash, bytes: [1]))
        note.add(NoteSignature(name: "名前", keyHash: 7, bytes: [1]))
        let parsed = try SignedNote(parsing: note.bytes)
        #expect(parsed.signatures.count == 4)
        #expect(try parsed.verify(by: [signer.verifier]).count == 1)
        #expect(throws: NoteError.noTrustedSignature(expected: [other.verifier.name])) {
            try parsed.verify(by: other.verifier)
        }
    }

    @Test("a wrong signature that names a known key condemns the note, even beside a right one")
    func invalidSignature() throws {
        var note = try SignedNote.sign("text\n", by: signer)
        let right = note.signatures[0]
        var bytes = right.bytes
        bytes[0] ^= 1
        note.add(NoteSignature(name: right.name, keyHash: right.keyHash, bytes: bytes))
        #expect(throws: NoteError.invalidSignature(keyName: right.name)) { try note.verify(by: signer.verifier) }
        let foreign = try SignedNote(text: "other text\n", signatures: [right])
        #expect(throws: NoteError.invalidSignature(keyName: right.name)) { try foreign.verify(by: signer.verifier) }
    }

    @Test("a repeated signature counts once")
    func repeated() throws {
        let note = try SignedNote.sign("text\n", by: signer, signer)
        #expect(note.signatures.count == 2)
        #expect(try note.verify(by: [signer.verifier]).count == 1)
        var grown = note
        grown.add(note.signatures[0])
        #expect(grown == note)
    }

    @Test("malformed notes are refused with their reason")
    func malformed() throws {
        let line = try SignedNote.sign("text\n", by: signer).signatures[0].line
        let cases: [(String, NoteError)] = [
            ("", .noSignatures), ("\n", .noSignatures), ("text\n", .noSignatures), ("text\n" + line, .noSignatures),
            ("\n" + line, .noSignatures), ("text\n\n", .noSignatures),
            ("text\n\n\n", .malformedSignatureLine(number: 1)),
            ("text\n\n" + String(line.dropLast()), .noSignatures),
            ("text\n\n" + line + "x\n", .malformedSignatureLine(number: 2)),
            ("text\n\n-" + line.dropFirst(), .malformedSignatureLine(number: 1)),
            ("text\n\n— name  AAAAAAA=\n", .malformedSignatureLine(number: 1)),
            ("text\n\n—  AAAAAAA=\n", .malformedSignatureLine(number: 1)),
            ("text\n\n— na+me AAAAAAA=\n", .malformedSignatureLine(number: 1)),
            ("text\n\n— na\u{2003}me AAAAAAA=\n", .malformedSignatureLine(number: 1)),
            ("text\n\n— name AAAAAA==\n", .malformedSignatureLine(number: 1)),
            ("text\n\n— name AAAAAAB=\n", .malformedSignatureLine(number: 1)),
            ("text\r\n\n" + line, .notText), ("te\0xt\n\n" + line, .notText),
            ("text\n\n" + String(repeating: line, count: 101), .tooManySignatures(count: 101)),
        ]
        for (text, reason) in cases {
            #expect(throws: reason, "\(text.prefix(60))") { try SignedNote(parsing: Array(text.utf8)) }
        }
        #expect(throws: NoteError.notText) { try SignedNote(parsing: [0xFF] + Array(("text\n\n" + line).utf8)) }
        #expect(throws: NoteError.tooLong(byteCount: SignedNote.maxBytes + 1)) {
            try SignedNote(parsing: [UInt8](repeating: 0x0A, count: SignedNote.maxBytes + 1))
        }
    }

    @Test("verifier keys come back as they were written; each altered byte is refused")
    func verifierKeys() throws {
        for type in NoteSignatureType.allCases {
            let verifier = try NoteVerifier(name: "a.example/x", type: type, publicKey: signer.verifier.publicKey)
            #expect(try NoteVerifier(vkey: verifier.vkey) == verifier)
            let bytes = Array(verifier.vkey.utf8)
            for position in bytes.indices {
                for bit in 0..<7 {
                    var changed = bytes
                    changed[position] ^= 1 << bit
                    let text = String(decoding: changed, as: UTF8.self)
                    #expect(throws: NoteError.self, "\(text)") { try NoteVerifier(vkey: text) }
                }
            }
        }
        for text in ["", "a", "a+b", "+00000000+AQ==", "a+00000000+", "a b+00000000+AQ=="] {
            #expect(throws: NoteError.self, "\(text)") { try NoteVerifier(vkey: text) }
        }
    }

    @Test(
        "key names are printable ASCII, so that no two look alike",
        arguments: ["", "a b", "a+b", "\u{212A}", "é", "a\n"])
    func names(name: String) {
        #expect(throws: NoteError.malformedName(name)) {
            try NoteVerifier(name: name, publicKey: signer.verifier.publicKey)
        }
    }
}
