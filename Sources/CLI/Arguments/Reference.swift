import Registry

/// What an operator names an artifact or a hold by.
enum Reference {
    /// Refuses a purl that is none before anybody is asked about it; other references are the server's to find.
    ///
    /// - Throws: `CommandFailure` with `usage`.
    static func check(_ text: String) throws(CommandFailure) {
        guard text.hasPrefix("pkg:") else { return }
        do throws(PackageURLError) {
            _ = try PackageURL(parsing: text)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}
