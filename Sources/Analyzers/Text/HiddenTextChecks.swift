/// Characters that people do not see as machines read them, in one file.
enum HiddenTextRules {
    static func check(_ file: InspectedFile, into report: inout FileReport) {}
}
