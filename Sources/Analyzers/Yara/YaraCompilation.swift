import CYARA

/// Compiles sources once and keeps what came of it.
struct YaraCompilation {
    let compiled: [UInt8]
    let table: YaraRuleTable

    /// What conditions may ask of besides the file's bytes.
    static let externals = ["path", "ecosystem"]

    init(_ sources: [UserRuleSource]) throws(UserRuleError) {
        guard Yara.isReady else { throw .damaged(reason: "libyara cannot be initialised") }
        var compiler: UnsafeMutablePointer<YR_COMPILER>?
        guard unsafe yr_compiler_create(&compiler) == ERROR_SUCCESS, let compiler = unsafe compiler else {
            throw .damaged(reason: "no memory for a compiler")
        }
        defer { unsafe yr_compiler_destroy(compiler) }
        unsafe jurat_yara_refuse_includes(compiler)
        for name in Self.externals { _ = unsafe yr_compiler_define_string_variable(compiler, name, "") }
        for source in sources { try unsafe Self.add(source, to: compiler) }
        var rules: UnsafeMutablePointer<YR_RULES>?
        guard unsafe yr_compiler_get_rules(compiler, &rules) == ERROR_SUCCESS, let rules = unsafe rules else {
            throw .damaged(reason: "no memory for the rules")
        }
        defer { unsafe yr_rules_destroy(rules) }
        compiled = try unsafe Self.saved(rules)
        // What the analysis will load is what is looked at.
        table = try YaraRuleTable(loading: compiled)
        if let module = table.foreignModule {
            let place = Self.importPlace(of: module, in: sources)
            throw .refused(
                file: place.file, line: place.line,
                reason: "the module \(module) cannot be imported; only \(Yara.modules.joined(separator: ", ")) can")
        }
    }

    private static func add(
        _ source: UserRuleSource, to compiler: UnsafeMutablePointer<YR_COMPILER>
    ) throws(UserRuleError) {
        guard !source.text.contains(0), String(validating: source.text, as: UTF8.self) != nil else {
            throw .refused(file: source.name, line: nil, reason: "the file is not text in UTF-8")
        }
        let complaints = Complaints()
        unsafe yr_compiler_set_callback(
            compiler, noteComplaint, Unmanaged.passUnretained(complaints).toOpaque())
        // As the C strings that they are: the last byte ends the text.
        let text = (source.text + [0]).map { CChar(bitPattern: $0) }
        let errors = unsafe yr_compiler_add_string(compiler, text, nil)
        withExtendedLifetime(complaints) {}
        guard let first = complaints.worst ?? (errors == 0 ? nil : Complaints.Complaint(line: nil, text: "no rule"))
        else { return }
        throw .refused(file: source.name, line: first.line, reason: first.text)
    }

    private static func saved(_ rules: UnsafeMutablePointer<YR_RULES>) throws(UserRuleError) -> [UInt8] {
        var target = unsafe jurat_yara_bytes()
        defer { unsafe free(target.bytes) }
        guard unsafe jurat_yara_save(rules, &target) == ERROR_SUCCESS else {
            throw .damaged(reason: "no memory for the compiled rules")
        }
        return unsafe Array(UnsafeBufferPointer(start: target.bytes, count: target.count))
    }

    /// The line that imports a module: for the message alone, so a plain search does.
    private static func importPlace(of module: String, in sources: [UserRuleSource]) -> (file: String, line: Int?) {
        for source in sources {
            let lines = source.text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                let words = String(decoding: line, as: UTF8.self)
                if words.contains("import"), words.contains("\"\(module)\"") { return (source.name, index + 1) }
            }
        }
        return (sources.first?.name ?? "", nil)
    }
}

/// libyara of this process.
enum Yara {
    /// Whether it could be initialised; it stays so until the process ends.
    static let isReady = yr_initialize() == ERROR_SUCCESS

    /// Modules that look at the file's bytes and at nothing else, and that give equal answers for equal bytes.
    static let modules = ["elf", "hash", "math", "pe"]
}

/// What libyara says while it compiles one source.
private final class Complaints {
    struct Complaint {
        let line: Int?
        let text: String
    }

    private(set) var worst: Complaint?

    func note(isError: Bool, line: Int, _ text: String) {
        // Of the warnings only those about speed: they would be paid for at every file of every package.
        guard isError || text.contains("slow") || text.contains("consider using") else { return }
        guard worst == nil else { return }
        worst = Complaint(
            line: line, text: isError ? text : "the rule is too slow to be used: \(text)")
    }
}

private let noteComplaint: YR_COMPILER_CALLBACK_FUNC = { level, _, line, _, message, user in
    guard let user = unsafe user, let message = unsafe message else { return }
    let complaints = unsafe Unmanaged<Complaints>.fromOpaque(user).takeUnretainedValue()
    complaints.note(
        isError: level == YARA_ERROR_LEVEL_ERROR, line: Int(line), unsafe String(cString: message))
}
