/*
 * Stands in front of a managed program that needs a set-gid bit (postdrop, postqueue, postlog). The runtime of such
 * a program obeys its caller's environment before Main, so it never carries the bit itself: this launcher does, and
 * hands over nothing of the caller's but the arguments, the real user, descriptors 0 to 2 and seven checked variables.
 *
 *   cc -DTARGET='"/abs/libexec/postdrop"' -DNAME='"postdrop"' -o postdrop launcher.c
 * The effective group stays effective only: the real group tells the program that it runs for somebody else.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define VALUE_MAX 256

static void die(const char *reason)
{
    static const char name[] = NAME ": fatal: launcher: ";
    if (write(2, name, sizeof name - 1) < 0 || write(2, reason, strlen(reason)) < 0 || write(2, "\n", 1) < 0)
        _exit(71);
    _exit(71);
}

/* Printable and short; a time zone must be a name, not a path of the caller's choice; of terminals only the dumb one counts. */
static int acceptable(const char *name, const char *value)
{
    size_t length = strlen(value);
    if (length > VALUE_MAX)
        return 0;
    for (size_t i = 0; i < length; i++)
        if (value[i] < ' ' || value[i] > '~')
            return 0;
    if (strcmp(name, "TERM") == 0)
        return strcmp(value, "dumb") == 0;
    return strcmp(name, "TZ") != 0 || (value[0] != '/' && value[0] != ':' && strstr(value, "..") == NULL);
}

/* The soft limit up to the hard one, but not above what a program expects to find. */
static void lift(int resource, rlim_t most)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max < most ? limit.rlim_max : most;
        setrlimit(resource, &limit);
    }
}

int main(int argc, char **argv)
{
    static const char *const kept[] = {"MAIL_CONFIG", "MAIL_LOGTAG", "MAIL_DEBUG", "TZ", "LANG", "NO_COLOR", "TERM"};
    enum { KEPT = sizeof kept / sizeof kept[0] };
    static char entries[KEPT][sizeof "MAIL_CONFIG=" + VALUE_MAX];
    char *environment[KEPT + 1];
    size_t count = 0;

    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            die("cannot open /dev/null");
    if (syscall(SYS_close_range, 3u, ~0u, 0u) < 0)
        die("cannot close descriptors");

    for (size_t i = 0; i < KEPT; i++) {
        const char *value = getenv(kept[i]);
        if (value != NULL && acceptable(kept[i], value)) {
            char *end = stpcpy(stpcpy(entries[count], kept[i]), "=");
            strcpy(end, value);
            environment[count] = entries[count];
            count++;
        }
    }
    environment[count] = NULL;

    lift(RLIMIT_FSIZE, RLIM_INFINITY);
    lift(RLIMIT_CPU, RLIM_INFINITY);
    lift(RLIMIT_AS, RLIM_INFINITY);
    lift(RLIMIT_DATA, RLIM_INFINITY);
    lift(RLIMIT_STACK, 8 << 20);
    lift(RLIMIT_NOFILE, 1024);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* a core would hold other users' mail */

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    alarm(0);
    umask(022);
    if (chdir("/") != 0)
        die("cannot enter /");

    char *name[] = {NAME, NULL};
    if (argc > 0)
        argv[0] = name[0];
    execve(TARGET, argc > 0 ? argv : name, environment);
    die("cannot execute " TARGET);
}
