import HTTP
import Platform
import TransparencyLog

/// A witness as the log that it looks after sees it.
struct WitnessClient: Sendable {
    let witness: OwnWitness
    let client: any UpstreamFetching

    /// What a witness said to a checkpoint.
    enum Answer: Sendable {
        case cosigned(NoteSignature)
        /// It has seen that many entries; the proof must begin there.
        case expects(TreeSize)
        case refused(String)
    }

    private static let maxAnswerBytes = 64 << 10
    private static let timeout = Duration.seconds(20)

    func add(_ asked: WitnessRequest) async -> Answer {
        var request = UpstreamRequest(method: .post, url: "\(witness.url)/add-checkpoint")
        request.headers = ["Content-Type": "text/plain; charset=utf-8"]
        request.body = asked.bytes
        request.retries = 0
        request.maxBodyBytes = Int64(Self.maxAnswerBytes)
        request.totalTimeout = Self.timeout
        request.redirects = .refuse
        let status: Int
        let bytes: [UInt8]
        do throws(UpstreamError) {
            let response = try await client.send(request)
            status = response.status
            bytes = try await response.collect(maxBytes: Self.maxAnswerBytes)
        } catch {
            return .refused(Logger.printable("\(error)"))
        }
        switch status {
        case 200: return cosignature(in: bytes, for: asked.note)
        case 409:
            guard let size = TreeSize(decimal: bytes.prefix { $0 != 0x0A }) else {
                return .refused("it answered 409 without the size that it has seen")
            }
            return .expects(size)
        default: return .refused("it answered with status \(status)")
        }
    }

    /// The witness's own line among those it sent, checked.
    private func cosignature(in lines: [UInt8], for note: SignedNote) -> Answer {
        do throws(NoteError) {
            let answered = try SignedNote(parsing: Array((note.text + "\n").utf8) + lines)
            for signature in answered.signatures {
                let single = try SignedNote(text: note.text, signatures: [signature])
                guard (try? single.verify(by: witness.key)) != nil else { continue }
                return .cosigned(signature)
            }
        } catch {
            return .refused("its answer is no signature line: \(error)")
        }
        return .refused("its answer has no valid cosignature by \(witness.key)")
    }
}
