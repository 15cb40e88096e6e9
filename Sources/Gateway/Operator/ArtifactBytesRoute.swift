import Cryptography
import HTTP
import Platform
import VerdictStore

/// Hands bytes of the cache to operators, whatever the decision about them is: who rules on them may look into them.
///
/// They are opened by whoever asked, in a confined process; the gateway never unpacks anything.
struct ArtifactBytesRoute: Sendable {
    let store: ArtifactStore

    /// - Parameter text: the SHA-512 in hexadecimal digits.
    func answer(_ text: String) -> ServerResponse {
        guard let digest = try? SHA512Digest(hex: text) else {
            return PlainAnswers.failure(400, "an artifact is named by its SHA-512 in 128 hexadecimal digits")
        }
        do throws(ArtifactError) {
            guard let file = try store.open(digest) else {
                return PlainAnswers.failure(404, "the bytes sha512 \(digest.hex.prefix(16))… are not in the cache")
            }
            return ServerResponse(
                status: 200,
                headers: [
                    "Content-Type": "application/octet-stream", "Cache-Control": "no-store",
                    "X-Content-Type-Options": "nosniff",
                ], body: .file(file, offset: 0, count: file.sizeBytes))
        } catch {
            return PlainAnswers.failure(500, "\(error)")
        }
    }
}
