/* Reads the parent of each process from /proc. */
#include "children.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 0: there is no such process, or no longer. */
static pid_t parent_of(const char *pid)
{
    char path[300], text[512] = "";
    int parent = 0;
    snprintf(path, sizeof(path), "/proc/%s/stat", pid);
    FILE *file = fopen(path, "re");
    if (file && fgets(text, sizeof(text), file)) {
        /* Behind the name, which may have anything in it: state and parent. */
        const char *at = strrchr(text, ')');
        if (!at || sscanf(at, ") %*c %d", &parent) != 1)
            parent = 0;
    }
    if (file)
        fclose(file);
    return parent;
}

size_t children_of(pid_t parent, pid_t *pids, size_t max)
{
    size_t count = 0;
    DIR *dir = opendir("/proc");
    for (struct dirent *e; dir && count < max && (e = readdir(dir)) != NULL;)
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && parent_of(e->d_name) == parent)
            pids[count++] = (pid_t)strtol(e->d_name, NULL, 10);
    if (dir)
        closedir(dir);
    return count;
}

pid_t child_of(pid_t parent)
{
    pid_t pid = 0;
    return children_of(parent, &pid, 1) == 1 ? pid : 0;
}

bool child_is_alive(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
    FILE *file = fopen(path, "re");
    /* Of one that has ended there is no command any more. */
    bool alive = file && fgetc(file) != EOF;
    if (file)
        fclose(file);
    return alive;
}
