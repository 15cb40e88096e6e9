import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// Finds the artifact that an operator means by a hold id, a purl or bytes.
struct ArtifactLookup: Sendable {
    let admission: Admission
    let records: any RecordKeeping
    let settings: Settings
    let store: ArtifactStore
    let knowledge: KnowledgeIndex
    let log: LogReader
    let desk: AnalysisDesk

    /// Why nothing, or nothing definite, was found: a sentence and its HTTP status.
    struct Failure: Error, Sendable {
        let status: Int
        let sentence: String
    }

    /// What was found: the artifact's place, and everything that decisions about it are made from.
    struct Found: Sendable {
        let key: ArtifactKey
        let view: PackageView
        let artifact: ListedArtifact
        /// With what is known of analyses that are under way or were given up.
        let judgement: Judgement

        var reference: RefusalReference { RefusalReference(of: key, version: artifact.version) }
    }

    /// Listings that are at most this old will do: an operator asks about what clients saw.
    private static let tolerance = Duration.seconds(3600)

    /// - Parameter text: a hold id, a purl with version, or the SHA-512 of the bytes in hexadecimal digits.
    func find(_ text: String, registry: String?) async throws(Failure) -> [Found] {
        if text.hasPrefix("pkg:") { return try await find(purl: text, registry: registry) }
        if let digest = try? SHA512Digest(hex: text) { return try await find(bytes: digest, registry: registry) }
        guard let target = await records.refusalTarget(of: text) else {
            throw Failure(
                status: 404, sentence: "no refusal has the id \(Logger.printable(text)); see jurat holds list")
        }
        return [try await find(target)]
    }

    func find(_ target: ReferenceIndex.Target) async throws(Failure) -> Found {
        guard let source = settings.current.topology.definition(named: target.key.source) else {
            throw Failure(status: 404, sentence: "the registry \(target.key.source) is not configured any more")
        }
        let view = try await view(of: target.key.name, at: source)
        guard let artifact = view.listing.listing.artifacts.first(where: { $0.filename == target.key.filename }) else {
            throw Failure(status: 404, sentence: "\(target.key.source) does not list \(target.key.filename) any more")
        }
        return try await found(artifact, in: view, as: target.key)
    }

    private func found(
        _ artifact: ListedArtifact, in view: PackageView, as key: ArtifactKey
    ) async throws(Failure) -> Found {
        do throws(JobQueueError) {
            return Found(
                key: key, view: view, artifact: artifact, judgement: try await desk.judgement(of: artifact, in: view))
        } catch {
            throw Failure(status: 500, sentence: "\(error)")
        }
    }

    /// The artifact under the name that the log first saw these bytes as.
    private func find(bytes digest: SHA512Digest, registry: String?) async throws(Failure) -> [Found] {
        let entries: [LogEntry]
        do { entries = try log.statements(matching: StatementFilter(sha512: digest), limit: 1000) } catch {
            throw Failure(status: 500, sentence: "\(error)")
        }
        guard let subject = entries.last?.logged.statement.subject else {
            throw Failure(
                status: 404, sentence: "the log says nothing about the bytes sha512 \(digest.hex.prefix(16))…")
        }
        return try await find(purl: subject.purl.text, registry: registry)
    }

    private func find(purl text: String, registry: String?) async throws(Failure) -> [Found] {
        let purl: PackageURL
        do { purl = try PackageURL(parsing: text) } catch { throw Failure(status: 400, sentence: "\(error)") }
        guard let version = purl.version else {
            throw Failure(status: 400, sentence: "\(text) names no version; for example \(text)@1.0.0")
        }
        let address = try registryDefinition(registry, for: purl.name.ecosystem)
        let source: RegistryDefinition
        switch admission.lookUp(purl.name, at: address) {
        case .source(let definition), .canary(let definition): source = definition
        case .reserved(let owner):
            throw Failure(
                status: 404, sentence: "the name is reserved by \(owner.name), which \(address.name) does not lead to")
        case .notDeclared:
            throw Failure(status: 404, sentence: "no registry behind \(address.name) declares \(purl.name)")
        }
        let view = try await view(of: purl.name, at: source)
        let artifacts = view.listing.listing.artifacts.filter { $0.version == version }
        guard !artifacts.isEmpty else {
            throw Failure(status: 404, sentence: "\(source.name) lists no \(purl.name)@\(version)")
        }
        var all: [Found] = []
        for artifact in artifacts {
            let key = ArtifactKey(source: source.name, name: purl.name, filename: artifact.filename)
            all.append(try await found(artifact, in: view, as: key))
        }
        return all
    }

    private func registryDefinition(_ name: String?, for ecosystem: Ecosystem) throws(Failure) -> RegistryDefinition {
        let topology = settings.current.topology
        guard let name else {
            guard let definition = topology.defaultRegistry(for: ecosystem) else {
                throw Failure(
                    status: 404, sentence: "there is no default registry for \(ecosystem); name one with --registry")
            }
            return definition
        }
        guard let parsed = try? RegistryName(parsing: name), let definition = topology.definition(named: parsed) else {
            throw Failure(status: 404, sentence: "there is no registry \(Logger.printable(name))")
        }
        return definition
    }

    private func view(of name: PackageName, at source: RegistryDefinition) async throws(Failure) -> PackageView {
        do { return try await admission.view(of: name, at: source, maxAge: Self.tolerance) } catch {
            throw Failure(status: error.status, sentence: "\(name) at \(source.name): \(error)")
        }
    }
}
