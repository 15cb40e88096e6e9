/// The configuration that `init` writes for the registries that it found.
struct InitialConfiguration: Sendable {
    let registries: DiscoveredRegistries

    var text: String {
        let defaults = [registries.npm.map { _ in "npm: npmjs" }, registries.pypi.map { _ in "pypi: pypi" }]
            .compactMap(\.self).joined(separator: ", ")
        var lines = [
            "# jurat's configuration; `jurat config check` explains mistakes, docs/configuration.md every key.",
            "listen: 127.0.0.1:7677",
            "publicUrl: http://127.0.0.1:7677",
            "data: ./data",
            "cache: { path: ./cache, maxSize: 20GiB }",
            "workers: 2",
            "",
            "defaultRegistry: { \(defaults) }",
            "registries:",
        ]
        if let npm = registries.npm {
            lines.append("  npmjs: { ecosystem: npm,  type: upstream, url: \"\(npm)\", public: true }")
        }
        if let pypi = registries.pypi {
            lines.append("  pypi:  { ecosystem: pypi, type: upstream, url: \"\(pypi)\", public: true }")
        }
        lines += [
            "",
            "screening:",
            "  holdUntil: [advisory, static]",
            "  cooldown: 72h",
            "  onMalicious: block",
            "  onSuspicious: hold",
            "",
            "advisories:",
            "  sources:",
            "    npm:  https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip",
            "    pypi: https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip",
            "  refresh: 1h",
            "  required: whenLoaded",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
