extension PythonVocabulary {
    /// Starting programs.
    static let processes: [Group] = [
        (
            [.process, .shell],
            """
            os.system os.popen os.popen2 os.popen3 os.popen4 posix.system nt.system posix.popen subprocess.getoutput
            subprocess.getstatusoutput commands.getoutput commands.getstatusoutput commands.getstatus popen2.popen2
            popen2.popen3 popen2.popen4 popen2.Popen3 platform.popen asyncio.create_subprocess_shell
            asyncio.subprocess.create_subprocess_shell asyncio.get_event_loop().subprocess_shell
            asyncio.get_running_loop().subprocess_shell distutils.spawn._spawn_posix
            """
        ),
        (
            [.process],
            """
            subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen
            os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe os.spawnl os.spawnle
            os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe os.posix_spawn os.posix_spawnp
            os.startfile posix.execv posix.execve posix.posix_spawn posix.fork_exec _posixsubprocess.fork_exec
            nt.startfile nt.execv nt.spawnv _winapi.CreateProcess _subprocess.CreateProcess
            asyncio.create_subprocess_exec asyncio.subprocess.create_subprocess_exec
            asyncio.get_event_loop().subprocess_exec distutils.spawn.spawn setuptools.distutils.spawn.spawn
            pexpect.spawn pexpect.run pexpect.popen_spawn.PopenSpawn ptyprocess.PtyProcess.spawn winpty.PtyProcess.spawn
            sh.Command plumbum.local plumbum.cmd.* invoke.run fabric.Connection().local envoy.run delegator.run
            psutil.Popen twisted.internet.reactor.spawnProcess trio.run_process anyio.run_process
            gevent.subprocess.Popen gevent.subprocess.call gevent.subprocess.check_output eventlet.green.subprocess.Popen
            win32api.ShellExecute win32process.CreateProcess win32com.shell.shell.ShellExecuteEx
            win32com.client.Dispatch().Run win32com.client.Dispatch().ShellExecute win32com.client.Dispatch().Exec
            webbrowser.open webbrowser.open_new webbrowser.open_new_tab webbrowser.get().open
            """
        ),
        ([.process, .redirects], "pty.spawn pty.fork os.forkpty"),
        ([.redirects], "os.dup2 pty.openpty os.openpty"),
        ([.waits], "time.sleep asyncio.sleep gevent.sleep trio.sleep eventlet.sleep threading.Event().wait"),
        (
            [.installs],
            """
            pip.main pip._internal.main pip._internal.cli.main.main pip._internal.main.main pip.__main__._main
            pip._internal.cli.main.main setuptools.command.easy_install.main ensurepip.bootstrap ensurepip._main
            micropip.install piplite.install
            """
        ),
    ]

    /// Running text and loading modules.
    static let codeLoading: [Group] = [
        (
            [.runsCode],
            """
            exec eval code.interact code.InteractiveConsole().push code.InteractiveConsole().runsource
            code.InteractiveInterpreter().runsource code.InteractiveInterpreter().runcode
            code.InteractiveConsole().runcode timeit.timeit timeit.Timer cProfile.run profile.run cProfile.runctx
            profile.runctx pdb.run pdb.runeval bdb.Bdb().run trace.Trace().run types.FunctionType types.LambdaType
            new.function sys._getframe().f_builtins.exec pandas.eval numexpr.evaluate
            IPython.get_ipython().run_cell IPython.get_ipython().run_line_magic get_ipython().run_cell
            get_ipython().system get_ipython().run_line_magic _xxsubinterpreters.run_string
            _interpreters.exec _interpreters.run_string concurrent.interpreters.create().exec
            test.support.interpreters.create().exec js2py.eval_js execjs.compile
            """
        ),
        ([.runsCode, .readsFiles], "execfile runpy.run_path site.addpackage site.execsitecustomize"),
        (
            [.compiles],
            """
            compile codeop.compile_command codeop.CommandCompiler codeop.Compile types.CodeType code.compile_command
            ast.parse new.code
            """
        ),
        (
            [.loads],
            """
            __import__ importlib.__import__ importlib.import_module importlib.reload imp.load_module imp.load_source
            imp.load_compiled imp.load_dynamic imp.reload imp.find_module importlib.util.spec_from_file_location
            importlib.util.module_from_spec importlib.machinery.SourceFileLoader
            importlib.machinery.SourcelessFileLoader importlib.machinery.ExtensionFileLoader
            importlib.util.spec_from_file_location().loader.exec_module importlib.util.spec_from_loader
            importlib.machinery.SourceFileLoader().load_module importlib.machinery.SourceFileLoader().exec_module
            importlib._bootstrap._load importlib._bootstrap._gcd_import runpy.run_module runpy._run_module_as_main
            pkgutil.resolve_name pkgutil.find_loader().load_module pkgutil.get_loader().load_module
            zipimport.zipimporter zipimport.zipimporter().load_module site.addsitedir reload pydoc.locate
            pydoc.importfile pkg_resources.load_entry_point pkg_resources.run_script
            """
        ),
        (
            [.deserialises],
            """
            pickle.load pickle.loads pickle.Unpickler pickle.Unpickler().load cPickle.load cPickle.loads _pickle.load
            _pickle.loads dill.load dill.loads cloudpickle.load cloudpickle.loads joblib.load shelve.open jsonpickle.decode
            yaml.load yaml.load_all yaml.unsafe_load yaml.full_load yaml.unsafe_load_all torch.load numpy.load
            pandas.read_pickle marshal.load
            """
        ),
        ([.deserialises, .decodes], "marshal.loads _marshal.loads"),
        (
            [.serialises],
            """
            json.dumps json.dump pickle.dumps pickle.dump marshal.dumps str repr simplejson.dumps ujson.dumps
            orjson.dumps yaml.dump yaml.safe_dump urllib.parse.urlencode urllib.urlencode pprint.pformat
            """
        ),
    ]
}
