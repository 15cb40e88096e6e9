public import Platform
import Registry
import Screening
import YAML

/// Turns the text of `jurat.yaml` into checked values, or into everything that is wrong with it.
public enum ConfigurationLoader {
    /// Reads a configuration.
    ///
    /// - Parameters:
    ///   - bytes: the text, UTF-8.
    ///   - baseDirectory: the directory that relative paths start from: the one that holds the file.
    ///   - environment: where `${NAME}` is looked up.
    ///   - readFile: reads the file of a `${file:/path}`, bounded by the caller.
    /// - Returns: the configuration, or every problem with its key path and line.
    public static func load(
        bytes: [UInt8], baseDirectory: String, environment: ProcessEnvironment,
        readFile: @escaping (String) throws(FileError) -> [UInt8]
    ) -> Result<ServiceConfiguration, ConfigurationProblems> {
        let context = ReadingContext(
            substitution: Substitution(
                environment: environment, baseDirectory: baseDirectory, readFile: readFile))
        let root: YAMLNode
        do throws(YAMLProblem) {
            root = try YAMLDocument.parse(bytes)
        } catch {
            let problem = ConfigurationProblem(keyPath: "", line: error.line, message: error.message)
            return .failure(ConfigurationProblems(problems: [problem]))
        }
        let document = root.isNull ? YAMLNode(line: 1, value: .mapping([])) : root
        let configuration = Setting(path: "", node: document, context: context).map().flatMap { map in
            ServiceSection(baseDirectory: baseDirectory).read(map)
        }
        guard let configuration, context.problems.isEmpty else {
            precondition(!context.problems.isEmpty, "a configuration was refused without a reason")
            return .failure(ConfigurationProblems(problems: ordered(context.problems)))
        }
        return .success(configuration)
    }

    private static func ordered(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
        let numbered = problems.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
        return numbered.map(\.element)
    }
}
