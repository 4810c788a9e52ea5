package unlogged

import "syscall"

// errLink is what open(2) says of a link that it is not to follow, here other
// than POSIX wants it.
const errLink = syscall.EFTYPE
