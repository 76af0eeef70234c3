// Boost.Interprocess' message_queue (libboost-dev): in shared memory, with a mutex and conditions of its own.
#include "channel.h"

#include <boost/interprocess/ipc/message_queue.hpp>
#include <memory>
#include <string>
#include <unistd.h>

namespace {
using boost::interprocess::message_queue;

struct made {
    std::string names[2];
    std::unique_ptr<message_queue> to[2];
    int side = 0;
};

void *make(const char *) {
    auto *it = new made;
    for (int side = 0; side < 2; side++) {
        it->names[side] = "mapboard-bench-" + std::to_string(getpid()) + "-" + std::to_string(side);
        message_queue::remove(it->names[side].c_str());
        it->to[side].reset(new message_queue(boost::interprocess::create_only, it->names[side].c_str(), 20,
                                             CHANNEL_MESSAGE));
    }
    return it;
}

void enter(void *state, int side) { static_cast<made *>(state)->side = side; }

void send(void *state, const void *message) {
    auto *it = static_cast<made *>(state);
    it->to[!it->side]->send(message, CHANNEL_MESSAGE, 0);
}

void receive(void *state, void *message) {
    auto *it = static_cast<made *>(state);
    message_queue::size_type got;
    unsigned priority;
    it->to[it->side]->receive(message, CHANNEL_MESSAGE, got, priority);
}

void end(void *state) {
    auto *it = static_cast<made *>(state);
    for (auto &name : it->names)
        message_queue::remove(name.c_str());
    delete it;
}
} // namespace

extern "C" const channel channel_boost = {"Boost message_queue", make, enter, send, receive, end};
