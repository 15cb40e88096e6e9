/// Strings and commands that are known from attacks, in one file.
enum IndicatorRules {
    static func check(_ file: InspectedFile, into report: inout FileReport) {}
}
