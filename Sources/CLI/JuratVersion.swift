/// The version of this program.
enum JuratVersion {
    static let text = "0.1.0"
}
