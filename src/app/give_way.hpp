// Work beside the engine that can wait: a thread, or a process of one, that gives way to it.
#pragma once

namespace packledger {

// From now on the calling thread, and those that it starts, get a thirtieth of what the engine gets
// where both want the core, also where the daemon runs in real time, and the disk when nobody else
// wants it. For good: what was given up cannot be taken back.
void give_way();

}  // namespace packledger
