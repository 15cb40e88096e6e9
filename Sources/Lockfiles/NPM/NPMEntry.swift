import Registry

/// What lockfiles of npm's world write, taken apart: names with versions, addresses, claims.
enum NPMEntry {
    /// One version of a package, or why the texts are none.
    static func subject(_ name: String, _ version: String) -> LockedEntry.Subject {
        LockedEntry.Subject(name, version, of: .npm)
    }

    /// Splits `name@rest` at the first `@` that is not a scope's; nil when there is none, or nothing before it.
    static func split(_ text: String) -> (name: String, rest: String)? {
        let bytes = text.utf8
        let start = bytes.first == UInt8(ascii: "@") ? bytes.index(after: bytes.startIndex) : bytes.startIndex
        guard let at = bytes[start...].firstIndex(of: UInt8(ascii: "@")), at > bytes.startIndex else { return nil }
        return (String(text[..<at]), String(text[bytes.index(after: at)...]))
    }

    /// Where an address leads that a lockfile gives for the bytes of `name`.
    static func origin(of address: String, _ name: String) -> LockedEntry.Origin {
        if isGit(address) { return .git(address) }
        for prefix in ["file:", "link:", "portal:"] where address.hasPrefix(prefix) {
            return .path(String(address.dropFirst(prefix.count)))
        }
        guard let tarball = TarballAddress(address) else { return .path(address) }
        if tarball.isRegistry(of: name) { return .registry(url: address) }
        let forges = ["codeload.github.com", "github.com", "gitlab.com", "bitbucket.org"]
        return forges.contains(tarball.host) ? .git(address) : .url(address)
    }

    static func isGit(_ address: String) -> Bool {
        let prefixes = ["git+", "git:", "git@", "github:", "gitlab:", "bitbucket:", "gist:", "ssh:"]
        if prefixes.contains(where: { address.hasPrefix($0) }) { return true }
        return address.prefix { $0 != "#" }.hasSuffix(".git") && !address.hasPrefix("file:")
    }

    /// An entry of a registry or of wherever `address` leads, with what the file claims about its bytes.
    ///
    /// An address that names another package makes the entry unreadable: what would be installed is not what it is
    /// called. So does a claim that cannot be understood.
    static func entry(
        _ input: String, line: Int?, name: String, version: String, address: String?, integrity: String?,
        isDevelopment: Bool = false, isOptional: Bool = false
    ) -> LockedEntry {
        var subject = Self.subject(name, version)
        let origin: LockedEntry.Origin = address.map { Self.origin(of: $0, name) } ?? .registry(url: nil)
        let tarball = origin.isRegistry ? address.flatMap { TarballAddress($0) } : nil
        if let tarball, let fault = Self.fault(of: tarball, subject, name) {
            subject = .unreadable(reason: "it is installed from \(shown(tarball.text)), which \(fault)")
        }
        var files: [LockedEntry.File] = []
        switch Self.claims(integrity, address) {
        case .malformed: subject = .unreadable(reason: "its integrity \(shown(integrity ?? "")) cannot be understood")
        case .nothing: break
        case .claim(let claim): files = [LockedEntry.File(name: tarball?.filename, integrity: claim)]
        }
        return LockedEntry(
            ecosystem: .npm, input: input, line: line, subject: subject, origin: origin, files: files,
            isDevelopment: isDevelopment, isOptional: isOptional)
    }

    /// Why a registry's address is not that of the entry's bytes; nil when it may be.
    private static func fault(of tarball: TarballAddress, _ subject: LockedEntry.Subject, _ name: String) -> String? {
        if !tarball.isPlain { return "clients may read in another way than it is written" }
        guard let package = tarball.package else { return nil }
        if !package.utf8.elementsEqual(name.utf8) { return "is \(shown(package)) and not \(shown(name))" }
        guard case .version(_, let version) = subject, let other = tarball.version, other != version else { return nil }
        return "is version \(other) and not \(version)"
    }

    private enum Claims {
        case nothing
        case claim(ClaimedIntegrity)
        case malformed
    }

    /// The claims of an integrity text and of the SHA-1 that yarn writes behind `#` in an address.
    private static func claims(_ integrity: String?, _ address: String?) -> Claims {
        var claims: ClaimedIntegrity?
        if let integrity, !integrity.isEmpty {
            do throws(IntegrityError) { claims = try ClaimedIntegrity(sri: integrity) } catch { return .malformed }
        }
        guard let address, let mark = address.utf8.lastIndex(of: UInt8(ascii: "#")),
            let sha1 = Claim.digest("sha1", hex: String(address[address.utf8.index(after: mark)...]))
        else { return claims.map { .claim($0) } ?? .nothing }
        guard let claims else { return .claim(sha1) }
        return claims.merged(with: sha1).map { .claim($0) } ?? .malformed
    }
}
