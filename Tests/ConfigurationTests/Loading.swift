import Configuration
import Platform
import Testing

/// Loads configuration texts as the service does, with an environment and files of the test.
enum Loading {
    static let base = "/etc/jurat"

    static func result(
        _ text: String, environment: [String: String] = [:], files: [String: [UInt8]] = [:]
    ) -> Result<ServiceConfiguration, ConfigurationProblems> {
        ConfigurationLoader.load(
            bytes: Array(text.utf8), baseDirectory: base, environment: ProcessEnvironment(variables: environment)
        ) { (path: String) throws(FileError) -> [UInt8] in
            guard let bytes = files[path] else { throw FileError(operation: "open", path: path, code: 2) }
            return bytes
        }
    }

    static func configuration(
        _ text: String, environment: [String: String] = [:], files: [String: [UInt8]] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ServiceConfiguration {
        switch result(text, environment: environment, files: files) {
        case .success(let configuration): return configuration
        case .failure(let problems):
            Issue.record("\(problems)", sourceLocation: sourceLocation)
            throw problems
        }
    }

    /// The problems as `line: path: message`.
    static func problems(
        _ text: String, environment: [String: String] = [:], files: [String: [UInt8]] = [:]
    ) -> [String] {
        switch result(text, environment: environment, files: files) {
        case .success: []
        case .failure(let problems): problems.problems.map(\.description)
        }
    }

    /// The least that a configuration needs, with `lines` after it.
    static func minimal(_ lines: String = "") -> String {
        """
        registries:
          npmjs: { ecosystem: npm, type: upstream, url: "https://registry.npmjs.org/", public: true }
        \(lines)
        """
    }
}
