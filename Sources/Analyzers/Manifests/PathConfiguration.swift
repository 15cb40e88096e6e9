import Cryptography
import SourceCode

/// A .pth file as Python's `site` reads it.
///
/// Spec: Python library reference, `site`: lines that start with `import` followed by a space or tab are executed.
struct PathConfiguration {
    /// The number of the first line that Python executes, as editors count lines; nil when there is none.
    let executedLine: Int?
    private let executed: [[UInt8]]

    init(_ bytes: [UInt8]) {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let executed = Self.lines(content).filter { $0.hasPrefix("import ") || $0.hasPrefix("import\t") }
        executedLine = executed.first.map { LineIndex(bytes).line(at: $0.startIndex) }
        self.executed = executed.map { Array($0) }
    }

    /// The modules that its executed lines import, by `import` statements alone.
    var importedModules: [[UInt8]] {
        executed.flatMap { line -> [[UInt8]] in
            line.split(separator: UInt8(ascii: ";")).flatMap { statement -> [[UInt8]] in
                let text = statement.trimmedASCII()
                guard text.hasPrefix("import ") || text.hasPrefix("import\t") || text.hasPrefix("from ") else {
                    return []
                }
                let names = text[(text.hasPrefix("from ") ? 5 : 7)...]
                let parts = text.hasPrefix("from ") ? [names] : names.split(separator: UInt8(ascii: ","))
                return parts.map { part in
                    Array(part.drop { $0 == 0x20 || $0 == 0x09 }.prefix { Self.isNameByte($0) })
                }.filter { !$0.isEmpty }
            }
        }
    }

    /// Whether everything it executes is known and harmless when `project`, in normal form, ships it.
    func isKnown(of project: String) -> Bool {
        executed.allSatisfy { line in
            switch Self.knownLines[SHA256Digest(hashing: Self.shape(of: line)).hex] {
            case .anyProject: true
            case .project(let name): name == project
            case nil: false
            }
        }
    }

    /// Every line end that some version of Python splits at.
    private static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        bytes.split(omittingEmptySubsequences: false) { (0x0A...0x0D).contains($0) || (0x1C...0x1E).contains($0) }
    }

    /// A line with the names of namespace packages replaced, since old setuptools wrote one template for all of them.
    ///
    /// Only letters, digits, dots and underscores inside quotes are replaced, so nothing that runs can hide there.
    static func shape(of line: [UInt8]) -> [UInt8] {
        let placeholder = Array("'NAME'".utf8)
        let between = placeholder + Array(", ".utf8)
        var shape: [UInt8] = []
        var index = 0
        while index < line.count {
            let byte = line[index]
            let name = line[(index + 1)...].prefix(while: isNameByte)
            let isQuoted = byte == UInt8(ascii: "'") && !name.isEmpty && name.endIndex < line.count
            let isName = isQuoted && line[name.endIndex] == UInt8(ascii: "'")
            guard isName, !templateWords.contains(String(decoding: name, as: UTF8.self)) else {
                shape.append(byte)
                index += 1
                continue
            }
            // `'a', 'b'` is one dotted name in parts.
            if shape.suffix(between.count).elementsEqual(between) { shape.removeLast(between.count) }
            shape += placeholder
            index = name.endIndex + 1
        }
        return shape
    }

    /// What the templates themselves quote.
    private static let templateWords: Set<String> = [
        "sitedir", "importlib.util", "importlib.machinery", "__init__.py", "__path__", "_distutils_hack",
        "SETUPTOOLS_USE_DISTUTILS", "stdlib", "local",
    ]

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }

    /// Who may ship a known line: a line that imports a module is harmless only from the project that owns the module.
    private enum Shipper {
        case anyProject
        case project(String)
    }

    /// SHA-256 of the shapes of known lines.
    private static let knownLines: [String: Shipper] = [
        // Namespace packages, as the versions of setuptools from 5 to 79 wrote them.
        "75715b9d52698aa62e835273e2e1aa466632c5c74bf0d51b22f91be2657b19be": .anyProject,
        "97c1066db38e1b130f93364ba17ae35f973550fe7b1917a68577f6f2ed3c95b5": .anyProject,
        "0c7763bc90b46317394cc05ee31d9339757d6bcced99d4cc11d839cad2f388b5": .anyProject,
        "3f403da31ec957b01604ffa09fcfab1ee86bb20a9bf530e10105866802ef29b5": .anyProject,
        "f9af31c9f1910fe829dc1d9a5413bd88f0258e831fca8e9a3d6a093226c0057e": .anyProject,
        "4b3503c1321938cae1fa353229e860782d5a9cd6280d80519dc979ea720095f4": .anyProject,
        "8c122acaa28425a70181a5d2755766f6319cc1d8b4be2ced003e03aef0336032": .anyProject,
        "459a6fcede0ff473365fdf0c8bef26afb036d438e275ab5df96a0af7922d6d40": .anyProject,
        // distutils-precedence.pth
        "03c9d83e2f7db3c678f31329ed31eb00fc17f6876d5af98d156d3313f761e42b": .project("setuptools"),
        "d0bd71f45f1da4302a7a5e7d699cb1dabb84526a608344b4ec0461adb9ee579a": .project("setuptools"),
        // Coverage measurement in child processes.
        "2cbb286eeaf39b2cd7d68cb09c1bc3cfb0cc8d27da949004d0c22698f127f270": .project("coverage"),
        "b8e1b828090bfec4b25656d04cd0948d3e70221ea8281ac0e12569eef48ae2a6": .project("pytest-cov"),
        "a29509e7bb2dd6dcd6097fcccd2e44f233576b547bfaa63051c7b25e5c34a0c9": .project("pytest-cov"),
        "a546066dba3212407d5a660b1485668bb89eb15e1414955175c95dcdc55aebc1": .project("pytest-cov"),
        "53e4c39009baacc8581e5ddae727a7ffe3659c6c1dd7313d657112166b1089c9": .project("future-fstrings"),
    ]
}
