extension PythonVocabulary {
    /// The machine, its user and its environment.
    static let host: [Group] = [
        (
            [.environment],
            """
            os.getenv os.getenvb os.environ.get os.environ.pop os.environ.setdefault os.environ.* os.environ[]
            os.environb.get posix.environ.get os.putenv os.unsetenv environ.Env decouple.config dotenv.get_key
            """
        ),
        (
            [.wholeEnvironment],
            """
            os.environ os.environ.items os.environ.copy os.environ.keys os.environ.values os.environb posix.environ
            nt.environ os.environ.__iter__ os.environ.__dict__ os.environ._data dotenv.dotenv_values
            """
        ),
        (
            [.hostName],
            """
            socket.gethostname socket.getfqdn platform.node os.uname posix.uname platform.uname().node
            os.uname().nodename socket.sethostname win32api.GetComputerName
            """
        ),
        (
            [.userName],
            """
            getpass.getuser os.getlogin os.getuid os.geteuid pwd.getpwuid pwd.getpwnam pwd.getpwall posix.getlogin
            posix.getuid win32api.GetUserName psutil.users psutil.Process().username grp.getgrall os.getgroups
            """
        ),
        (
            [.platformName],
            """
            platform.system platform.platform platform.release platform.version platform.machine platform.processor
            platform.uname platform.architecture platform.win32_ver platform.mac_ver platform.freedesktop_os_release
            platform.linux_distribution platform.dist distro.name distro.id distro.info distro.linux_distribution
            sys.platform os.name sys.getwindowsversion sysconfig.get_platform cpuinfo.get_cpu_info
            """
        ),
        (
            [.interfaces],
            """
            uuid.getnode socket.if_nameindex psutil.net_if_addrs psutil.net_if_stats netifaces.interfaces
            netifaces.ifaddresses netifaces.gateways ifaddr.get_adapters getmac.get_mac_address uuid._ipconfig_getter
            uuid.uuid1
            """
        ),
        (
            [.introspectsHost],
            """
            sys.gettrace sys.settrace sys._current_frames psutil.process_iter psutil.pids psutil.Process
            psutil.virtual_memory psutil.cpu_count psutil.boot_time psutil.disk_usage psutil.disk_partitions
            psutil.sensors_temperatures wmi.WMI os.cpu_count multiprocessing.cpu_count sys.getprofile
            ctypes.windll.kernel32.IsDebuggerPresent ctypes.windll.kernel32.CheckRemoteDebuggerPresent
            GPUtil.getGPUs
            """
        ),
        (
            [.locale],
            """
            locale.getdefaultlocale locale.getlocale locale.getpreferredencoding locale.setlocale locale.windows_locale
            ctypes.windll.kernel32.GetUserDefaultUILanguage ctypes.windll.kernel32.GetSystemDefaultUILanguage
            ctypes.windll.user32.GetKeyboardLayout time.tzname time.timezone tzlocal.get_localzone
            """
        ),
        (
            [.clock],
            """
            time.time time.localtime time.gmtime time.time_ns datetime.datetime.now datetime.datetime.utcnow
            datetime.date.today datetime.datetime.today time.strftime time.ctime
            """
        ),
        (
            [.clipboard],
            """
            pyperclip.* win32clipboard.* xerox.* clipboard.* pandas.read_clipboard tkinter.Tk().clipboard_get
            tkinter.Tk().clipboard_clear tkinter.Tk().clipboard_append Tkinter.Tk().clipboard_get
            ctypes.windll.user32.GetClipboardData ctypes.windll.user32.OpenClipboard
            ctypes.windll.user32.SetClipboardData AppKit.NSPasteboard.generalPasteboard
            """
        ),
        (
            [.screen],
            """
            PIL.ImageGrab.grab PIL.ImageGrab.grabclipboard mss.mss mss.mss().grab mss.mss().shot pyautogui.screenshot
            pyscreenshot.grab pyscreeze.screenshot d3dshot.create cv2.VideoCapture cv2.VideoCapture().read
            ImageGrab.grab win32gui.GetDesktopWindow ctypes.windll.gdi32.BitBlt dxcam.create sounddevice.rec
            pyaudio.PyAudio().open
            """
        ),
        (
            [.keyboard],
            """
            pynput.keyboard.Listener pynput.mouse.Listener pynput.keyboard.GlobalHotKeys keyboard.on_press
            keyboard.on_release keyboard.hook keyboard.record keyboard.read_key keyboard.read_event keyboard.add_hotkey
            pyHook.HookManager pyxhook.HookManager PyHook3.HookManager mouse.hook evdev.InputDevice
            evdev.InputDevice().read_loop ctypes.windll.user32.SetWindowsHookExA ctypes.windll.user32.SetWindowsHookExW
            ctypes.windll.user32.GetAsyncKeyState
            """
        ),
    ]
}
