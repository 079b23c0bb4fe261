// scripts/nettop.e as one writes it by hand for libbpf: the peer of nettop_test.cpp. It is less exact than the script: whose an
// arriving packet is, its local port alone tells, as the loader has entered it; IPv4 without options only. Kernels since 6.3.
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

// Of the kernel's structures what is read; libbpf puts the offsets in (CO-RE).
#define OF_KERNEL __attribute__((preserve_access_index))
struct net_device {
    char name[16];
} OF_KERNEL;
struct iphdr {
    __u8 protocol;
} OF_KERNEL;
struct udphdr {
    __u16 dest;
} OF_KERNEL;
struct sk_buff {
    struct net_device* dev;
    struct sock* sk;
    unsigned int len;
    __u16 protocol;
    unsigned char* data;
} OF_KERNEL;
typedef struct {
    unsigned int val;
} kuid_t;
struct cred {
    kuid_t uid;
} OF_KERNEL;
struct task_struct {
    int tgid;
    const struct cred* cred;
    struct task_struct* group_leader;
    char comm[16];
} OF_KERNEL;

struct owner {
    __u32 pid, uid;
    __u64 name[2];
};
struct key {
    struct owner owner;
    __u64 device[2];
};
struct sum {
    __u64 packets, bytes, least, most;
};

struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct owner);
} owners SEC(".maps");
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 65536);
    __type(key, __u32);  // protocol above the local port
    __type(value, struct owner);
} ports SEC(".maps");
struct sums {
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
    __uint(max_entries, 10240);
    __type(key, struct key);
    __type(value, struct sum);
} sent SEC(".maps"), received SEC(".maps");

extern void* bpf_rdonly_cast(const void* address, __u32 type) __ksym;

static __always_inline void count(void* sums, struct sk_buff* packet, const struct owner* owner) {
    struct key key = {};
    if (owner != 0) {
        key.owner = *owner;
    } else {
        key.owner.pid = key.owner.uid = -1;
    }
    const __u64* name = (const __u64*)packet->dev->name;
    key.device[0] = name[0];
    key.device[1] = name[1];
    struct sum* sum = bpf_map_lookup_elem(sums, &key);
    if (sum == 0) {
        const struct sum none = {0, 0, -1, 0};
        bpf_map_update_elem(sums, &key, &none, BPF_NOEXIST);
        sum = bpf_map_lookup_elem(sums, &key);
        if (sum == 0) return;
    }
    sum->packets += 1;
    sum->bytes += packet->len;
    if (packet->len < sum->least) sum->least = packet->len;
    if (packet->len > sum->most) sum->most = packet->len;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(sends, struct sock* socket) {
    struct task_struct* task = bpf_get_current_task_btf();
    struct owner owner = {task->tgid, task->cred->uid.val, {}};
    const __u64* name = (const __u64*)task->group_leader->comm;
    owner.name[0] = name[0];
    owner.name[1] = name[1];
    struct owner* known = bpf_sk_storage_get(&owners, socket, 0, 0);
    if (known == 0) {
        bpf_sk_storage_get(&owners, socket, &owner, BPF_SK_STORAGE_GET_F_CREATE);
    } else if (known->pid != owner.pid || known->uid != owner.uid || known->name[0] != owner.name[0] ||
               known->name[1] != owner.name[1]) {
        *known = owner;
    }
    return 0;
}

SEC("tp_btf/net_dev_queue")
int BPF_PROG(leaves, struct sk_buff* packet) {
    struct sock* socket = packet->sk;
    count(&sent, packet, socket == 0 ? 0 : bpf_sk_storage_get(&owners, socket, 0, 0));
    return 0;
}

SEC("tp_btf/netif_receive_skb")
int BPF_PROG(arrives, struct sk_buff* packet) {
    struct owner* owner = 0;
    if (packet->protocol == bpf_htons(0x0800)) {
        const struct iphdr* ip = bpf_rdonly_cast(packet->data, bpf_core_type_id_kernel(struct iphdr));
        const struct udphdr* udp = bpf_rdonly_cast(packet->data + 20, bpf_core_type_id_kernel(struct udphdr));
        const __u32 key = (__u32)ip->protocol << 16 | bpf_ntohs(udp->dest);
        owner = bpf_map_lookup_elem(&ports, &key);
    }
    count(&received, packet, owner);
    return 0;
}

char _license[] SEC("license") = "GPL";
