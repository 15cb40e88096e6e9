import Cryptography
import Platform
import Registry
import Screening

/// Columns that hold values of our own types. What does not parse is an `unexpectedRow`: we wrote it ourselves.
extension Row {
    func digest<D: Digest>(_ column: Int32) throws(DatabaseError) -> D {
        let bytes = try blob(column)
        do throws(DigestError) { return try D(bytes: bytes) } catch { throw unexpected("column \(column): \(error)") }
    }

    func optionalDigest<D: Digest>(_ column: Int32) throws(DatabaseError) -> D? {
        isNull(column) ? nil : try digest(column)
    }

    func timestamp(_ column: Int32) throws(DatabaseError) -> Timestamp {
        Timestamp(secondsSinceEpoch: try integer(column))
    }

    func optionalTimestamp(_ column: Int32) throws(DatabaseError) -> Timestamp? {
        isNull(column) ? nil : try timestamp(column)
    }

    func packageURL(_ column: Int32) throws(DatabaseError) -> PackageURL {
        let text = try text(column)
        do throws(PackageURLError) {
            return try PackageURL(parsing: text)
        } catch {
            throw unexpected("column \(column): \(error)")
        }
    }

    func analyzer(_ column: Int32) throws(DatabaseError) -> AnalyzerID {
        let text = try text(column)
        do throws(StatementError) {
            return try AnalyzerID(parsing: text)
        } catch {
            throw unexpected("column \(column): \(error)")
        }
    }

    func registry(_ column: Int32) throws(DatabaseError) -> RegistryName {
        let text = try text(column)
        do throws(RegistryNameError) {
            return try RegistryName(parsing: text)
        } catch {
            throw unexpected("column \(column): \(error)")
        }
    }
}
