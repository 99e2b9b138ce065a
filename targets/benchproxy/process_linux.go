package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// restTime is how long a group is looked at to see whether it rests: then it uses
// less than a fifth of that.
const restTime = 50 * time.Millisecond

// group returns the processes of a process group; of ours, only us.
func group(leader int) (pids []int) {
	if leader == os.Getpid() { // of our group may be who called us
		return []int{leader}
	}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range files {
		if fields := statFields(name); len(fields) > 2 && fields[2] == strconv.Itoa(leader) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// statFields returns the fields of a stat file behind the name, from the state on.
func statFields(name string) []string {
	text, _ := os.ReadFile(name)
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}

// cpu returns the processor time that the threads of a group have used. Their
// schedstat has it to the nanosecond; the ticks of stat would miss most of what
// many small processes use.
func cpu(leader int) (used time.Duration) {
	for _, pid := range group(leader) {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		for _, name := range threads {
			text, _ := os.ReadFile(name)
			if fields := strings.Fields(string(text)); len(fields) > 0 {
				ns, _ := strconv.ParseInt(fields[0], 10, 64)
				used += time.Duration(ns)
			}
		}
	}
	return used
}

// memory returns what a group has in memory, in bytes; of pages that several
// share, each has its part.
func memory(leader int) (total int64) {
	for _, pid := range group(leader) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "Pss:" {
				n, _ := strconv.ParseInt(fields[1], 10, 64)
				total += n << 10
			}
		}
	}
	return total
}

// settle waits until a group rests, for a few seconds at most.
func settle(leader int) {
	for range 50 {
		before := cpu(leader)
		time.Sleep(restTime)
		if cpu(leader)-before <= restTime/5 {
			return
		}
	}
}

// pin lets groups run on the first of our processors only, or on all of them.
func pin(alone bool, leaders ...int) error {
	var set unix.CPUSet
	for cpu := range 1024 {
		if all.IsSet(cpu) {
			set.Set(cpu)
			if alone {
				break
			}
		}
	}
	for _, leader := range leaders {
		for _, pid := range group(leader) {
			tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
			for _, task := range tasks {
				tid, _ := strconv.Atoi(task.Name())
				if err := unix.SchedSetaffinity(tid, &set); err != nil && err != unix.ESRCH {
					return err
				}
			}
		}
	}
	return nil
}

// all are the processors that we may run on.
var all = func() (set unix.CPUSet) {
	unix.SchedGetaffinity(0, &set)
	return set
}()
