extension PythonVocabulary {
    /// Native code and memory.
    static let foreign: [Group] = [
        (
            [.foreignCode],
            """
            ctypes.CDLL ctypes.cdll.* ctypes.WinDLL ctypes.windll.* ctypes.OleDLL ctypes.oledll.* ctypes.PyDLL
            ctypes.pydll.* ctypes.pythonapi.* ctypes.CFUNCTYPE ctypes.WINFUNCTYPE ctypes.PYFUNCTYPE ctypes.memmove
            ctypes.memset ctypes.string_at ctypes.util.find_library ctypes.cast ctypes.LibraryLoader
            ctypes.create_string_buffer _ctypes.dlopen _ctypes.dlsym _ctypes.LoadLibrary cffi.FFI cffi.FFI().dlopen
            cffi.FFI().cdef cffi.FFI().verify _cffi_backend.FFI numpy.ctypeslib.load_library ctypes.CDLL().* jpype.startJVM
            clr.AddReference java.lang.Runtime.getRuntime().exec
            """
        ),
        (
            [.foreignCode, .processMemory],
            """
            ctypes.windll.kernel32.OpenProcess ctypes.windll.kernel32.WriteProcessMemory
            ctypes.windll.kernel32.ReadProcessMemory ctypes.windll.kernel32.VirtualAllocEx
            ctypes.windll.kernel32.VirtualAlloc ctypes.windll.kernel32.VirtualProtect
            ctypes.windll.kernel32.CreateRemoteThread ctypes.windll.kernel32.CreateThread
            ctypes.windll.kernel32.RtlMoveMemory ctypes.windll.ntdll.NtUnmapViewOfSection
            ctypes.windll.ntdll.NtWriteVirtualMemory ctypes.windll.ntdll.NtCreateThreadEx
            ctypes.windll.kernel32.QueueUserAPC ctypes.windll.dbghelp.MiniDumpWriteDump
            """
        ),
        (
            [.foreignCode, .process, .shell],
            """
            ctypes.CDLL().system ctypes.CDLL().popen ctypes.CDLL().execl ctypes.CDLL().execv ctypes.CDLL().execve
            ctypes.CDLL().execvp ctypes.PyDLL().system ctypes.cdll.msvcrt.system ctypes.windll.msvcrt.system
            ctypes.cdll.LoadLibrary().system ctypes.cdll.LoadLibrary().popen ctypes.cdll.LoadLibrary().execve
            ctypes.windll.kernel32.WinExec
            """
        ),
        (
            [.processMemory],
            "pymem.Pymem pymem.Pymem().write_bytes pymem.Pymem().read_bytes psutil.Process().memory_maps ptrace.debugger.PtraceDebugger"
        ),
    ]

    /// The Windows registry and what else belongs to one system.
    static let packages: [Group] = [
        ([.writesFiles], "winreg.SetValueEx winreg.SetValue winreg.CreateKey winreg.CreateKeyEx _winreg.SetValueEx"),
        ([.readsFiles], "winreg.OpenKey winreg.QueryValueEx winreg.EnumValue winreg.ConnectRegistry _winreg.OpenKey"),
        ([.readsFiles], "keyring.get_password browser_cookie3.* secretstorage.dbus_init"),
        ([.network, .receives], "win32com.client.Dispatch().responseBody urllib.request.urlopen().readlines"),
    ]
}
