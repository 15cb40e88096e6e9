/// Spec: CVSS v2.0 §3.2.1.
enum CVSS2 {
    static func baseTenths(_ metrics: CVSSMetrics) throws(CVSSError) -> Int {
        let vector = try metrics.weight("AV", ["L": 0.395, "A": 0.646, "N": 1.0])
        let complexity = try metrics.weight("AC", ["H": 0.35, "M": 0.61, "L": 0.71])
        let authentication = try metrics.weight("Au", ["M": 0.45, "S": 0.56, "N": 0.704])
        var untouched = 1.0
        for metric in ["C", "I", "A"] {
            untouched *= 1 - (try metrics.weight(metric, ["N": 0.0, "P": 0.275, "C": 0.660]))
        }
        let impact = 10.41 * (1 - untouched)
        let exploitability = 20 * vector * complexity * authentication
        let factor = impact == 0 ? 0 : 1.176
        let score = (0.6 * impact + 0.4 * exploitability - 1.5) * factor
        return nearest(score * 10)
    }
}

/// Spec: CVSS v3.0 §8.1 and Appendix A; v3.1 §7.1 and Appendix A, which differ only in how they round up.
enum CVSS3 {
    static func baseTenths(_ metrics: CVSSMetrics, _ version: CVSSBaseScore.Version) throws(CVSSError) -> Int {
        let isChanged = try metrics.weight("S", ["U": false, "C": true])
        let vector = try metrics.weight("AV", ["N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2])
        let complexity = try metrics.weight("AC", ["L": 0.77, "H": 0.44])
        let privileges = try metrics.weight(
            "PR", ["N": 0.85, "L": isChanged ? 0.68 : 0.62, "H": isChanged ? 0.5 : 0.27])
        let interaction = try metrics.weight("UI", ["N": 0.85, "R": 0.62])
        var untouched = 1.0
        for metric in ["C", "I", "A"] {
            untouched *= 1 - (try metrics.weight(metric, ["H": 0.56, "L": 0.22, "N": 0.0]))
        }
        let sub = 1 - untouched
        let impact = isChanged ? 7.52 * (sub - 0.029) - 3.25 * power15(sub - 0.02) : 6.42 * sub
        guard impact > 0 else { return 0 }
        let exploitability = 8.22 * vector * complexity * privileges * interaction
        let sum = min((isChanged ? 1.08 : 1) * (impact + exploitability), 10)
        return roundUp(sum, version)
    }

    private static func power15(_ base: Double) -> Double {
        let cube = base * base * base
        let fifth = cube * base * base
        return fifth * fifth * fifth
    }

    /// The smallest tenth that is not below the score.
    private static func roundUp(_ score: Double, _ version: CVSSBaseScore.Version) -> Int {
        // v3.1 first rounds to five places, so that binary fractions do not lift a score; v3.0 means the exact value,
        // for which far less than a rounding error of five places is taken off.
        guard version == .v31 else { return ceiling(score * 10 - 1e-9) }
        let places = nearest(score * 100_000)
        return places % 10_000 == 0 ? places / 10_000 : places / 10_000 + 1
    }
}

// Conversions of small numbers that are not negative, without the C library's mathematics.

private func nearest(_ value: Double) -> Int {
    Int(value + 0.5)
}

private func ceiling(_ value: Double) -> Int {
    let floor = Int(value)
    return Double(floor) < value ? floor + 1 : floor
}
