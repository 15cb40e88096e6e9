/// What the rules say about one file, before it is known what leads to the file.
struct FileReport {
    /// One thing noticed in the file, counted.
    struct Note: Equatable {
        let observation: Observation
        let line: Int?
        var count: Int
        /// Whether the code runs as soon as the file is loaded.
        let atLoad: Bool
        /// Whether no installation runs the code, though it runs the rest of the file.
        var isDormant = false
    }

    /// One fact about the file that combinations ask for.
    struct Fact: Equatable {
        let fact: FileFact
        let line: Int?
        let atLoad: Bool
        var isDormant = false
    }

    /// Uses of one capability in the file.
    struct Use: Equatable {
        let capability: Capability
        let line: Int?
        var count: Int
        let atLoad: Bool
        var isDormant = false
    }

    private(set) var notes: [Note] = []
    private(set) var facts: [Fact] = []
    private(set) var uses: [Use] = []
    /// Lines of functions that no installation runs, though it runs the rest of the file.
    var dormantLines: [ClosedRange<Int>] = []

    private func isDormant(_ line: Int?) -> Bool {
        guard let line, !dormantLines.isEmpty else { return false }
        return dormantLines.contains { $0.contains(line) }
    }

    /// Notes what a rule noticed; the first line given for a thing stays.
    ///
    /// - Parameter atLoad: whether the code runs as soon as the file is loaded; true for what is no code.
    mutating func note(_ observation: Observation, line: Int? = nil, count: Int = 1, atLoad: Bool = true) {
        let isDormant = isDormant(line)
        if let index = notes.firstIndex(where: {
            $0.observation == observation && $0.atLoad == atLoad && $0.isDormant == isDormant
        }) {
            notes[index].count += count
        } else {
            notes.append(
                Note(observation: observation, line: line, count: count, atLoad: atLoad, isDormant: isDormant))
        }
    }

    /// Notes a fact that is no finding by itself but is grave together with others.
    mutating func fact(_ fact: FileFact, line: Int? = nil, atLoad: Bool = true) {
        let isDormant = isDormant(line)
        guard
            !facts.contains(where: { $0.fact == fact && $0.atLoad == atLoad && $0.isDormant == isDormant })
        else { return }
        facts.append(Fact(fact: fact, line: line, atLoad: atLoad, isDormant: isDormant))
    }

    /// Notes the use of a capability.
    mutating func capability(_ capability: Capability, line: Int?, count: Int = 1, atLoad: Bool) {
        let isDormant = isDormant(line)
        if let index = uses.firstIndex(where: {
            $0.capability == capability && $0.atLoad == atLoad && $0.isDormant == isDormant
        }) {
            uses[index].count += count
        } else {
            uses.append(
                Use(capability: capability, line: line, count: count, atLoad: atLoad, isDormant: isDormant))
        }
    }

    /// Whether the file has a fact, wherever its code runs.
    func has(_ fact: FileFact) -> Bool { facts.contains { $0.fact == fact } }
}

/// What a file has or does that is no finding by itself and is grave together with others.
enum FileFact: CaseIterable {
    /// Talks to the network in any way.
    case network
    /// Gives data to the network.
    case sends
    /// Starts programs or runs text as code.
    case execution
    /// What it decodes, it runs.
    case decodesAndRuns
    /// What it downloads, it runs.
    case fetchesAndRuns
    /// Reads files or variables that hold credentials.
    case credentials
    case wholeEnvironment
    /// Several facts about the machine and its user.
    case hostFacts
    case hiddenText
    case reviewerText
    /// An encoded text is a program, and nothing in the file could run it.
    case hiddenProgram
    case writesFiles
    case deletesFiles
    /// Names a host that collects data for anyone.
    case exfiltrationHost
    /// Names a place from which programs are started again.
    case persistence
    /// Could not be read as what it is.
    case unread
}

/// What code can do; every one is a fact, not a fault.
enum Capability: String, CaseIterable, Comparable {
    case network, process
    case fileRead = "file-read"
    case fileWrite = "file-write"
    case fileDelete = "file-delete"
    case environment
    case environmentSecret = "environment-secret"
    case environmentAll = "environment-all"
    case evaluation
    case dynamicLoad = "dynamic-load"
    case native
    case foreignCode = "foreign-code"
    case crypto, clipboard, screen, keyboard
    case systemFacts = "system-facts"
    case installer

    static func < (left: Capability, right: Capability) -> Bool { left.rawValue < right.rawValue }
}
