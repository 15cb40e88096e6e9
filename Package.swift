// swift-tools-version: 6.2
import PackageDescription

// Who may import whom is a decision (rfcs/0001), not a habit: each target names exactly the targets below it that it
// may use, and ArchitectureTests compare this table, the imports in the sources and the decision.

/// Set to build the fuzzers of Tests/Fuzz, in a scratch path of their own: every target is then instrumented.
let isFuzzing = Context.environment["JURAT_FUZZ"] != nil
let fuzzingFlags = ["-sanitize=fuzzer,address"]

let strict: [SwiftSetting] =
    (isFuzzing ? [.unsafeFlags(fuzzingFlags + ["-enable-testing"])] : []) + [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

func library(_ name: String, uses: [String] = [], c: [String] = []) -> Target {
    .target(
        name: name,
        dependencies: (c + uses).map { .target(name: $0) },
        path: "Sources/\(name)",
        swiftSettings: strict)
}

func systemLibrary(_ name: String) -> Target {
    .systemLibrary(name: name, path: "Sources/SystemLibraries/\(name)")
}

func tests(_ name: String, uses: [String], resources: [Resource] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: uses.map { .target(name: $0) },
        path: "Tests/\(name)",
        exclude: exclude,
        resources: resources,
        swiftSettings: strict)
}

let package = Package(
    name: "jurat",
    products: [
        .executable(name: "jurat", targets: ["CLI"]), .executable(name: "log-benchmark", targets: ["LogBenchmark"]),
        .executable(name: "advisory-benchmark", targets: ["AdvisoryBenchmark"]),
        .executable(name: "analysis-benchmark", targets: ["AnalysisBenchmark"]),
        .executable(name: "difference-benchmark", targets: ["DifferenceBenchmark"]),
        .executable(name: "history-benchmark", targets: ["HistoryBenchmark"]),
        .executable(name: "listing-benchmark", targets: ["ListingBenchmark"]),
    ],
    targets: [
        systemLibrary("CArchive"), systemLibrary("CCurl"), systemLibrary("CDeflate"), systemLibrary("CLinux"),
        systemLibrary("COpenSSL"), systemLibrary("CSQLite"), systemLibrary("CSodium"), systemLibrary("CUTF8Proc"),
        systemLibrary("CYAML"), systemLibrary("CYARA"), systemLibrary("CZlib"),

        // foundations
        library("Platform", c: ["CLinux"]),
        library("Cryptography", c: ["CSodium", "COpenSSL"]),
        library("JSON"),
        library("TOML"),
        library("UnicodeText", c: ["CUTF8Proc"]),
        library("YAML", c: ["CYAML"]),
        library("Compression", uses: ["Platform"], c: ["CDeflate", "CZlib"]),

        // pure model
        library("Registry", uses: ["JSON", "Cryptography", "Platform"]),
        library("Screening", uses: ["Registry", "JSON", "Cryptography", "Platform"]),
        library("TransparencyLog", uses: ["Cryptography"]),
        library("Advisories", uses: ["Registry", "JSON", "Compression", "Cryptography", "Platform"]),
        library("Lockfiles", uses: ["Registry", "JSON", "TOML", "YAML", "Cryptography"]),

        library("SourceCode", uses: ["UnicodeText"]),

        // services
        library(
            "Configuration", uses: ["Screening", "TransparencyLog", "Registry", "YAML", "Cryptography", "Platform"]),
        library(
            "VerdictStore",
            uses: ["Screening", "TransparencyLog", "Registry", "JSON", "Cryptography", "Platform"], c: ["CSQLite"]),
        library("HTTP", uses: ["Platform"], c: ["CCurl"]),
        library(
            "Analyzers",
            uses: [
                "SourceCode", "Screening", "Advisories", "Registry", "JSON", "TOML", "UnicodeText", "Compression",
                "Cryptography", "Platform",
            ],
            c: ["CArchive", "CYARA"]),

        // processes
        library(
            "Gateway",
            uses: [
                "VerdictStore", "HTTP", "Screening", "TransparencyLog", "Advisories", "Lockfiles", "Registry", "JSON",
                "Compression", "Cryptography", "Platform",
            ]),
        library(
            "Worker",
            uses: [
                "VerdictStore", "HTTP", "Analyzers", "Screening", "Advisories", "Registry", "JSON", "Cryptography",
                "Platform",
            ]),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Gateway", "Worker", "VerdictStore", "HTTP", "Analyzers", "Configuration", "Screening",
                "TransparencyLog", "Advisories", "Lockfiles", "Registry", "JSON", "Compression", "Cryptography",
                "Platform",
            ],
            path: "Sources/CLI",
            swiftSettings: strict),

        // measurements
        .executableTarget(
            name: "LogBenchmark",
            dependencies: [
                "VerdictStore", "Screening", "TransparencyLog", "Registry", "Cryptography", "Platform", "CSQLite",
            ],
            path: "Benchmarks/Log",
            swiftSettings: strict),
        .executableTarget(
            name: "AdvisoryBenchmark", dependencies: ["Advisories", "Registry", "Compression", "Platform"],
            path: "Benchmarks/Advisories",
            swiftSettings: strict),

        .executableTarget(
            name: "AnalysisBenchmark", dependencies: ["Worker", "Platform", "CLinux"], path: "Benchmarks/Analysis",
            swiftSettings: strict),
        .executableTarget(
            name: "HistoryBenchmark",
            dependencies: ["Worker", "Analyzers", "Screening", "Registry", "JSON", "Cryptography", "Platform"],
            path: "Benchmarks/Histories",
            swiftSettings: strict),
        .executableTarget(
            name: "DifferenceBenchmark", dependencies: ["Analyzers", "Registry", "Platform"],
            path: "Benchmarks/Difference",
            swiftSettings: strict),
        .executableTarget(
            name: "ListingBenchmark", dependencies: ["VerdictStore", "Registry", "Platform"],
            path: "Benchmarks/Listings",
            swiftSettings: strict),

        // tests
        .target(
            name: "TestSupport",
            dependencies: ["Platform", "Cryptography", "JSON", "Registry"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("PlatformTests", uses: ["Platform", "CLinux", "TestSupport"]),
        tests("CryptographyTests", uses: ["Cryptography", "TestSupport"]),
        tests("JSONTests", uses: ["JSON", "TestSupport"]),
        tests("TOMLTests", uses: ["TOML", "TestSupport"]),
        tests("UnicodeTextTests", uses: ["UnicodeText", "TestSupport"]),
        tests("SourceCodeTests", uses: ["SourceCode", "UnicodeText", "TestSupport"]),
        tests("YAMLTests", uses: ["YAML", "TestSupport"]),
        tests("CompressionTests", uses: ["Compression", "Platform", "TestSupport"]),
        tests("RegistryTests", uses: ["Registry", "JSON", "Cryptography", "Platform", "TestSupport"]),
        tests("ScreeningTests", uses: ["Screening", "Registry", "JSON", "Cryptography", "Platform", "TestSupport"]),
        tests("TransparencyLogTests", uses: ["TransparencyLog", "Cryptography", "JSON", "TestSupport"]),
        tests(
            "AdvisoriesTests",
            uses: ["Advisories", "Registry", "JSON", "Compression", "Cryptography", "Platform", "TestSupport"]),
        tests("LockfilesTests", uses: ["Lockfiles", "Registry", "JSON", "Cryptography", "TestSupport"]),
        tests(
            "ConfigurationTests",
            uses: [
                "Configuration", "Screening", "TransparencyLog", "Registry", "YAML", "Cryptography", "Platform",
                "TestSupport",
            ]),
        tests(
            "VerdictStoreTests",
            uses: [
                "VerdictStore", "Screening", "TransparencyLog", "Registry", "JSON", "Cryptography", "Platform",
                "TestSupport",
            ]),
        tests(
            "HTTPTests", uses: ["HTTP", "Platform", "TestSupport"],
            exclude: ["Differential/compare_with_h11.py", "Load/idle_clients.py"]),
        tests(
            "AnalyzersTests",
            uses: [
                "Analyzers", "SourceCode", "Screening", "Advisories", "Registry", "JSON", "TOML", "UnicodeText",
                "Compression", "Cryptography", "Platform", "TestSupport",
            ]),
        tests(
            "GatewayTests",
            uses: [
                "Gateway", "VerdictStore", "HTTP", "Screening", "TransparencyLog", "Advisories", "Registry", "JSON",
                "Compression", "Cryptography", "Platform", "TestSupport",
            ]),
        // The analysis child alone, for tests that need a real one beside the scripted ones.
        .executableTarget(
            name: "AnalysisChildProbe", dependencies: ["Worker"], path: "Tests/AnalysisChildProbe",
            swiftSettings: strict),
        tests(
            "WorkerTests",
            uses: [
                "AnalysisChildProbe", "Worker", "VerdictStore", "HTTP", "Analyzers", "Screening", "Advisories",
                "Registry", "JSON", "Cryptography", "Platform", "TestSupport",
            ]),
        tests(
            "CLITests",
            uses: [
                "CLI", "Analyzers", "Configuration", "Gateway", "HTTP", "Advisories", "VerdictStore", "Screening",
                "TransparencyLog", "Registry", "JSON", "Cryptography", "Platform", "TestSupport",
            ]),
        tests("ArchitectureTests", uses: ["TestSupport"]),
    ]
)

if isFuzzing {
    func fuzzer(_ name: String, uses: [String]) -> Target {
        .executableTarget(
            name: "Fuzz\(name)",
            dependencies: (["FuzzSupport"] + uses).map { .target(name: $0) },
            path: "Tests/Fuzz/\(name)",
            exclude: ["corpus"],
            swiftSettings: strict,
            linkerSettings: [.unsafeFlags(fuzzingFlags + ["-use-ld=lld"])])
    }
    let fuzzers = [
        fuzzer("RequestParser", uses: ["HTTP"]), fuzzer("TOML", uses: ["TOML"]),
        fuzzer("Lockfiles", uses: ["Lockfiles"]), fuzzer("Shell", uses: ["Analyzers"]),
        fuzzer("JavaScript", uses: ["SourceCode"]), fuzzer("Python", uses: ["SourceCode"]),
        fuzzer("Archives", uses: ["Analyzers", "Platform", "Registry"]),
        fuzzer("Manifests", uses: ["Analyzers", "Platform", "Registry", "TestSupport"]),
        fuzzer("Gyp", uses: ["Analyzers", "Platform", "Registry", "TestSupport"]),
        fuzzer("Difference", uses: ["Analyzers", "Screening", "Platform", "Registry", "JSON", "TestSupport"]),
        fuzzer("ChildProtocol", uses: ["Worker", "Analyzers", "Screening", "Cryptography"]),
    ]
    package.targets += [.target(name: "FuzzSupport", path: "Tests/Fuzz/Support", swiftSettings: strict)] + fuzzers
    // The fuzzers and what they need, and nothing else: `swift build` without a name builds everything there is.
    var needed = Set(fuzzers.map(\.name))
    var isComplete = false
    while !isComplete {
        let before = needed.count
        for target in package.targets where needed.contains(target.name) {
            for case .targetItem(let name, _) in target.dependencies { needed.insert(name) }
        }
        isComplete = needed.count == before
    }
    package.targets = package.targets.filter { needed.contains($0.name) }
    package.products = fuzzers.map { .executable(name: $0.name, targets: [$0.name]) }
}
