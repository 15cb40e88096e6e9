import Cryptography
import Platform

extension DeploymentCheck {
    /// Every cached artifact against its name, and the index of the cache against the artifacts.
    func checkArtifacts() -> CheckResult {
        var list = FindingList(.artifacts)
        guard let root = cacheDirectory.map({ $0 + "/artifacts" }), Files.exists(root + "/sha512") else {
            return list.result("no cache")
        }
        let names: [(path: String, file: String)]
        do throws(FileError) { names = try ArtifactFiles.names(below: root) } catch {
            list.add(root, unreadable: error)
            return list.result("an unreadable cache")
        }
        let index = indexRows(&list)
        var bytes: Int64 = 0
        var unknown: [String] = []
        for (number, name) in names.enumerated() {
            if let digest = ArtifactFiles.digest(of: name, below: root) {
                if let index, index[digest] == nil { unknown.append(name.path) }
                bytes += check(name.path, digest, index?[digest], &list)
            } else {
                list.add(
                    .warning, name.path, "it is not named like an artifact", advice: "remove it: nothing reads it",
                    isDisposable: true)
            }
            progress(.artifacts, UInt64(number + 1), UInt64(names.count))
        }
        addUnknown(unknown, &list)
        return list.result("\(names.count) artifacts, \(bytes) bytes\(isQuick ? " (contents not read)" : "")")
    }

    private static let artifactAdvice = "remove it (fsck --repair does): it is fetched again when somebody asks for it"
    private static let indexAdvice =
        "stop jurat serve and remove it (fsck --repair does): it is made again from the files at the next start"

    /// Compares one file with its name and with its row; answers its size.
    private func check(
        _ path: String, _ digest: SHA512Digest, _ known: ComputedDigests?, _ list: inout FindingList
    ) -> Int64 {
        do throws(FileError) {
            guard let size = try whenStillThere(path, Files.sizeBytes) else { return 0 }
            if let known, known.sizeBytes != size {
                list.add(
                    .damage, path, "it has \(size) bytes, expected \(known.sizeBytes)", advice: Self.artifactAdvice,
                    isDisposable: true)
                return size
            }
            guard !isQuick, let digests = try whenStillThere(path, ArtifactFiles.digests) else { return size }
            if digests.sha512 != digest {
                list.add(
                    .damage, path, "its bytes have another digest, \(digests.sha512.hex.prefix(16))…",
                    advice: Self.artifactAdvice, isDisposable: true)
            } else if let known, known != digests, let indexPath = artifactIndexPath {
                list.add(
                    .damage, indexPath, "it has other digests for \(digest.hex.prefix(16))… than the file",
                    advice: Self.indexAdvice, isDisposable: true)
            }
            return size
        } catch {
            list.add(path, unreadable: error)
            return 0
        }
    }

    /// The index by digest; nil, with a finding, when it cannot be used.
    private func indexRows(_ list: inout FindingList) -> [SHA512Digest: ComputedDigests]? {
        guard let path = artifactIndexPath, Files.exists(path) else { return nil }
        do throws(DatabaseError) {
            let connection = try Connection(path, access: .readOnly)
            for problem in try connection.integrityProblems() {
                list.add(.damage, path, problem, advice: Self.indexAdvice, isDisposable: true)
            }
            let rows = try ArtifactIndex.all(connection)
            return Dictionary(rows.map { ($0.sha512, $0) }, uniquingKeysWith: { first, _ in first })
        } catch {
            list.add(.damage, path, "\(error)", advice: Self.indexAdvice, isDisposable: true)
            return nil
        }
    }

    /// Files without a row are what a crash left, unless a server has written the row since.
    private func addUnknown(_ paths: [String], _ list: inout FindingList) {
        var ignored = FindingList(.artifacts)
        guard !paths.isEmpty, let rows = indexRows(&ignored) else { return }
        let known = Set(rows.keys.map(\.hex))
        for path in paths where !known.contains(String(decoding: Array(path.utf8.suffix(128)), as: UTF8.self)) {
            list.add(
                .warning, path, "the index of the cache does not know it: a crash came between",
                advice: "nothing: the next start of jurat serve removes it")
        }
    }
}
