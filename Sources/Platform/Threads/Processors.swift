import Glibc

/// The machine's processors.
public enum Processors {
    /// How many are at work, at least one.
    public static var available: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
