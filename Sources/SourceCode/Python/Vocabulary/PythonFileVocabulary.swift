extension PythonVocabulary {
    /// Files and folders. `open` depends on its mode, which the reader looks at.
    static let files: [Group] = [
        (
            [.readsFiles],
            """
            open io.open codecs.open os.open file io.FileIO tokenize.open linecache.getline linecache.getlines
            fileinput.input pathlib.Path().read_text pathlib.Path().read_bytes pathlib.Path().open
            os.read posix.open mmap.mmap zipfile.ZipFile zipfile.ZipFile().read zipfile.ZipFile().open tarfile.open
            tarfile.TarFile pkgutil.get_data importlib.resources.read_text importlib.resources.read_binary
            importlib.resources.open_binary importlib.resources.open_text importlib.resources.files().joinpath().read_text
            importlib.resources.files().joinpath().read_bytes pkg_resources.resource_string
            pkg_resources.resource_stream aiofiles.open anyio.open_file numpy.fromfile gzip.open bz2.open lzma.open
            gzip.GzipFile bz2.BZ2File lzma.LZMAFile configparser.ConfigParser().read sqlite3.connect dbm.open
            netrc.netrc mailbox.mbox csv.reader os.readlink io.open_code
            """
        ),
        (
            [.writesFiles],
            """
            open().write open().writelines io.open().write codecs.open().write os.write file().write
            pathlib.Path().write_text pathlib.Path().write_bytes pathlib.Path().touch pathlib.Path().symlink_to
            pathlib.Path().hardlink_to pathlib.Path().rename pathlib.Path().replace pathlib.Path().mkdir
            shutil.copy shutil.copy2 shutil.copyfile shutil.copyfileobj shutil.copytree shutil.move
            shutil.unpack_archive shutil.make_archive os.rename os.renames os.replace os.link os.symlink os.mkdir
            os.makedirs os.truncate os.ftruncate os.mkfifo os.mknod os.sendfile zipfile.ZipFile().extractall
            zipfile.ZipFile().extract zipfile.ZipFile().write zipfile.ZipFile().writestr tarfile.open().extractall
            tarfile.open().extract tarfile.open().add tarfile.TarFile().extractall tempfile.NamedTemporaryFile
            tempfile.TemporaryFile tempfile.SpooledTemporaryFile tempfile.mkstemp tempfile.mkdtemp
            tempfile.TemporaryDirectory tempfile.NamedTemporaryFile().write distutils.file_util.copy_file
            distutils.file_util.write_file distutils.dir_util.copy_tree distutils.dir_util.mkpath
            configparser.ConfigParser().write py_compile.compile compileall.compile_dir posix.rename posix.mkdir
            pathlib.Path().open().write
            """
        ),
        (
            [.deletesFiles],
            """
            os.remove os.unlink pathlib.Path().unlink posix.remove posix.unlink nt.remove send2trash.send2trash
            os.rmdir os.removedirs pathlib.Path().rmdir
            """
        ),
        ([.deletesFiles, .deletesTrees], "shutil.rmtree distutils.dir_util.remove_tree"),
        (
            [.changesModes],
            """
            os.chmod os.fchmod os.lchmod os.chown os.fchown os.lchown pathlib.Path().chmod posix.chmod shutil.chown
            os.setuid os.setgid os.seteuid win32api.SetFileAttributes
            """
        ),
        (
            [.listsFolders],
            """
            os.listdir os.walk os.scandir os.fwalk glob.glob glob.iglob pathlib.Path().glob pathlib.Path().rglob
            pathlib.Path().iterdir pathlib.Path().walk posix.listdir posix.scandir fnmatch.filter
            """
        ),
        (
            [.temporaryFolder],
            """
            tempfile.gettempdir tempfile.gettempdirb tempfile.mkdtemp tempfile.mkstemp tempfile.TemporaryDirectory
            tempfile.NamedTemporaryFile tempfile.mktemp tempfile.tempdir
            """
        ),
        (
            [.homeFolder],
            """
            pathlib.Path.home pathlib.PosixPath.home pathlib.Path().expanduser os.path.expanduser posixpath.expanduser
            ntpath.expanduser platformdirs.user_config_dir appdirs.user_data_dir
            """
        ),
        (
            [.readsMedia],
            """
            PIL.Image.open PIL.Image.open().getdata PIL.Image.open().getpixel PIL.Image.open().load cv2.imread
            imageio.imread wave.open scipy.io.wavfile.read skimage.io.imread stegano.lsb.reveal
            stepic.decode matplotlib.image.imread soundfile.read
            """
        ),
    ]
}
