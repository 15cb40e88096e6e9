import Glibc
import Worker

exit(AnalysisChild.main(arguments: []))
