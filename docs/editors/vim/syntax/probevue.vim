" Vim syntax file: Vue, the tracing language of probevue.
" Generated from the tables: cmake --build --preset release --target docs
if exists('b:current_syntax')
    finish
endif

syntax keyword probevueStatement else if return sizeof _Alignof __alignof__ __alignof when
syntax keyword probevueType String __list range_t dist_t distinct_t probev_timestamp_t stktrace_t
syntax keyword probevueType path_t mac_addr_t ip_addr_t net_info_t int8_t int16_t int32_t int64_t
syntax keyword probevueType uint8_t uint16_t uint32_t uint64_t u_int8_t u_int16_t u_int32_t u_int64_t
syntax keyword probevueType __s8 __s16 __s32 __s64 __u8 __u16 __u32 __u64 __be16 __be32 __be64 u_char
syntax keyword probevueType u_short u_int u_long uint ushort ulong size_t ssize_t ptrdiff_t intptr_t
syntax keyword probevueType uintptr_t intmax_t uintmax_t pid_t uid_t gid_t id_t key_t off_t off64_t
syntax keyword probevueType loff_t mode_t ino_t ino64_t dev_t nlink_t blksize_t blkcnt_t time_t
syntax keyword probevueType suseconds_t useconds_t clock_t clockid_t socklen_t sa_family_t in_addr_t
syntax keyword probevueType in_port_t nfds_t char double enum float int long short signed __signed__
syntax keyword probevueType __signed struct union unsigned void _Bool __int128
syntax keyword probevueStorage __auto __thread __global __kernel
syntax keyword probevueOperator and or not
syntax keyword probevueHeaderWord auto const __const __const__ extern inline __inline __inline__
syntax keyword probevueHeaderWord register static typedef volatile __volatile __volatile__
syntax keyword probevueRefused break case continue default do for goto switch while
syntax keyword probevueBuiltin __etherhdr __arphdr __ip4hdr __ip6hdr __tcphdr __udphdr __icmp __icmp6
syntax keyword probevueBuiltin __igmp __mld __group __pkt __inner __ipinfo __ipv4info __ipv6info
syntax keyword probevueBuiltin __mdata __tid __pid __ppid __pgid __pname __uid __euid __trcid __errno
syntax keyword probevueBuiltin __kernelmode __r3 __r4 __r5 __r6 __r7 __r8 __r9 __r10 __interval
syntax keyword probevueBuiltin __curthread __curproc __ublock __mst __proto_info __prev_state
syntax keyword probevueBuiltin __cur_state __nth_retransmit __total_retransmit __segments __why
syntax keyword probevueBuiltin __peer __sock __netns __owner __sockcall __tcpinfo __drop
syntax keyword probevueBuiltin __sigsendinfo __threadcreateinfo __execpassinfo __exitinfo __netdev
syntax keyword probevueBuiltin __pktinfo __csinfo __ifinfo __stat __iobuf __lvol __volgrp __diskinfo
syntax keyword probevueBuiltin __diskcmd __iopath __file __j2info
syntax keyword probevueFunction printf eprintf trace print_args stktrace get_stktrace ptree
syntax keyword probevueFunction set_date_format group_output_start group_output_end timestamp
syntax keyword probevueFunction diff_time get_function get_probe get_location_point exit exit_after
syntax keyword probevueFunction get_userstring get_kstring copy_userdata copy_kdata get_ubytes
syntax keyword probevueFunction get_kbytes list append sum avg min max count set_range add_range
syntax keyword probevueFunction clear_range qrange add_dist quantile add_distinct distinct print top
syntax keyword probevueFunction rate quantize lquantize set_aso_print_options print_table clear
syntax keyword probevueFunction exists delete atoi strstr str_pos substr split to_lower name_of
syntax keyword probevueFunction dns_name tls_sni http_field igmp_group igmp_record igmp_sources
syntax keyword probevueFunction mld_group mld_record mld_sources fd_path fd_fname fd_mpath fd_fstype
syntax keyword probevueFunction fd_ftype fd_inodeid fpath_inodeid sockfd_netinfo round_trip_time
syntax keyword probevueFunction convert_ip4_addr convert_ip6_addr ip_ntop ip_in subnet is_private
syntax keyword probevueFunction is_multicast is_loopback is_local get_proc get_thread get_ublock
syntax keyword probevueFunction get_cwd start_tentative end_tentative commit_tentative
syntax keyword probevueFunction discard_tentative ntohs ntohl htons htonl thread_indent symbol
syntax keyword probevueFunction hexdump
syntax keyword probevueConstant ETHERTYPE_IP ETHERTYPE_ARP ETHERTYPE_REVARP ETHERTYPE_IPV6 ENCAP_NONE
syntax keyword probevueConstant ENCAP_VLAN ENCAP_MPLS ENCAP_PPPOE ENCAP_LLC ENCAP_BACKBONE INNER_NONE
syntax keyword probevueConstant INNER_GRE INNER_IPIP INNER_VXLAN INNER_GENEVE INNER_GTPU INNER_QUOTED
syntax keyword probevueConstant PKT_IN PKT_OUT PKT_OTHER IPPROTO_HOPOPTS IPPROTO_ICMP IPPROTO_IGMP
syntax keyword probevueConstant IPPROTO_TCP IPPROTO_UDP IPPROTO_ROUTING IPPROTO_FRAGMENT
syntax keyword probevueConstant IPPROTO_ICMPV6 IPPROTO_NONE IPPROTO_DSTOPTS IPPROTO_LOCAL IP_DF IP_MF
syntax keyword probevueConstant TH_FIN TH_SYN TH_RST TH_PUSH TH_ACK TH_URG TH_ECE TH_CWR TH_AE
syntax keyword probevueConstant IFF_PROMISC IFF_ALLMULTI IFF_MULTICAST ICMP_ECHOREPLY ICMP_UNREACH
syntax keyword probevueConstant ICMP_SOURCEQUENCH ICMP_REDIRECT ICMP_ECHO ICMP_TIMXCEED
syntax keyword probevueConstant ICMP_PARAMPROB ICMP_TSTAMP ICMP_TSTAMPREPLY ICMP_IREQ ICMP_IREQREPLY
syntax keyword probevueConstant ICMP_MASKREQ ICMP_MASKREPLY ICMP_UNREACH_NET ICMP_UNREACH_HOST
syntax keyword probevueConstant ICMP_UNREACH_PROTOCOL ICMP_UNREACH_PORT ICMP_UNREACH_NEEDFRAG
syntax keyword probevueConstant ICMP_UNREACH_SRCFAIL ICMP_UNREACH_NET_ADMIN_PROHIBITED
syntax keyword probevueConstant ICMP_UNREACH_HOST_ADMIN_PROHIBITED ICMP_REDIRECT_NET
syntax keyword probevueConstant ICMP_REDIRECT_HOST ICMP_REDIRECT_TOSNET ICMP_REDIRECT_TOSHOST
syntax keyword probevueConstant ICMP_TIMXCEED_INTRANS ICMP_TIMXCEED_REASS ICMP_PARAMPROB_PTR
syntax keyword probevueConstant ICMP_PARAMPROB_MISSING ICMP6_DST_UNREACH ICMP6_PACKET_TOO_BIG
syntax keyword probevueConstant ICMP6_TIME_EXCEEDED ICMP6_PARAM_PROB ICMP6_INFOMSG_MASK
syntax keyword probevueConstant ICMP6_ECHO_REQUEST ICMP6_ECHO_REPLY MLD_LISTENER_QUERY
syntax keyword probevueConstant MLD_LISTENER_REPORT MLD_LISTENER_REDUCTION ICMPV6_MLD2_REPORT
syntax keyword probevueConstant MLD2_MODE_IS_INCLUDE MLD2_MODE_IS_EXCLUDE MLD2_CHANGE_TO_INCLUDE
syntax keyword probevueConstant MLD2_CHANGE_TO_EXCLUDE MLD2_ALLOW_NEW_SOURCES MLD2_BLOCK_OLD_SOURCES
syntax keyword probevueConstant ICMP6_DST_UNREACH_NOROUTE ICMP6_DST_UNREACH_ADMIN
syntax keyword probevueConstant ICMP6_DST_UNREACH_BEYONDSCOPE ICMP6_DST_UNREACH_ADDR
syntax keyword probevueConstant ICMP6_DST_UNREACH_NOPORT IGMP_HOST_MEMBERSHIP_QUERY
syntax keyword probevueConstant IGMP_HOST_MEMBERSHIP_REPORT IGMP_DVMRP
syntax keyword probevueConstant IGMP_HOST_NEW_MEMBERSHIP_REPORT IGMP_HOST_LEAVE_MESSAGE
syntax keyword probevueConstant IGMP_MTRACE_RESP IGMP_MTRACE IGMP_HOST_V3_MEMBERSHIP_REPORT
syntax keyword probevueConstant IGMPV3_MODE_IS_INCLUDE IGMPV3_MODE_IS_EXCLUDE
syntax keyword probevueConstant IGMPV3_CHANGE_TO_INCLUDE IGMPV3_CHANGE_TO_EXCLUDE
syntax keyword probevueConstant IGMPV3_ALLOW_NEW_SOURCES IGMPV3_BLOCK_OLD_SOURCES
syntax keyword probevueConstant IGMP_MAX_HOST_REPORT_DELAY DVMRP_PROBE DVMRP_REPORT
syntax keyword probevueConstant DVMRP_ASK_NEIGHBORS DVMRP_ASK_NEIGHBORS2 DVMRP_NEIGHBORS
syntax keyword probevueConstant DVMRP_NEIGHBORS2 DVMRP_PRUNE DVMRP_GRAFT DVMRP_GRAFT_ACK
syntax keyword probevueConstant DVMRP_INFO_REQUEST DVMRP_INFO_REPLY ARPHRD_ETHER ARPHRD_802_5
syntax keyword probevueConstant ARPHRD_802_3 ARPHRD_FDDI ARPOP_REQUEST ARPOP_REPLY SNAP_TYPE_IP
syntax keyword probevueConstant SNAP_TYPE_ARP SNAP_TYPE_AP VLAN_TAG_TYPE TCPS_CLOSED TCPS_LISTEN
syntax keyword probevueConstant TCPS_SYN_SENT TCPS_SYN_RECEIVED TCPS_ESTABLISHED TCPS_CLOSE_WAIT
syntax keyword probevueConstant TCPS_FIN_WAIT_1 TCPS_CLOSING TCPS_LAST_ACK TCPS_FIN_WAIT_2
syntax keyword probevueConstant TCPS_TIME_WAIT MSG_OOB MSG_PEEK MSG_DONTROUTE MSG_CTRUNC MSG_TRUNC
syntax keyword probevueConstant MSG_DONTWAIT MSG_EOR MSG_WAITALL MSG_CONFIRM MSG_ERRQUEUE
syntax keyword probevueConstant MSG_NOSIGNAL MSG_MORE MSG_WAITFORONE MSG_ZEROCOPY MSG_SPLICE_PAGES
syntax keyword probevueConstant MSG_FASTOPEN MSG_CMSG_CLOEXEC AF_UNSPEC AF_INET AF_INET6 SOL_IP
syntax keyword probevueConstant SOL_SOCKET SOL_TCP SOL_UDP SOL_IPV6 SOL_RAW SOL_TLS SOL_MPTCP
syntax keyword probevueConstant SO_DEBUG SO_REUSEADDR SO_BROADCAST SO_SNDBUF SO_RCVBUF SO_KEEPALIVE
syntax keyword probevueConstant SO_OOBINLINE SO_PRIORITY SO_LINGER SO_REUSEPORT SO_RCVLOWAT
syntax keyword probevueConstant SO_RCVTIMEO SO_SNDTIMEO SO_BINDTODEVICE SO_TIMESTAMP SO_SNDBUFFORCE
syntax keyword probevueConstant SO_RCVBUFFORCE SO_MARK SO_BUSY_POLL SO_MAX_PACING_RATE
syntax keyword probevueConstant SO_INCOMING_CPU SO_ZEROCOPY TCP_NODELAY TCP_MAXSEG TCP_CORK
syntax keyword probevueConstant TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_SYNCNT TCP_LINGER2
syntax keyword probevueConstant TCP_DEFER_ACCEPT TCP_WINDOW_CLAMP TCP_INFO TCP_QUICKACK
syntax keyword probevueConstant TCP_CONGESTION TCP_MD5SIG TCP_USER_TIMEOUT TCP_FASTOPEN
syntax keyword probevueConstant TCP_NOTSENT_LOWAT TCP_FASTOPEN_CONNECT TCP_ULP TCP_ZEROCOPY_RECEIVE
syntax keyword probevueConstant TCP_TX_DELAY WHY_BUFFER_FULL WHY_LOW_WATER WHY_MEMORY_PRESSURE
syntax keyword probevueConstant WHY_WINDOW_CLOSED WHY_SEGMENT_REFUSED WHY_BACKLOG_FULL
syntax keyword probevueConstant WHY_SYN_REFUSED WHY_ACK_REFUSED WHY_REQUESTS_FULL WHY_COOKIE_SENT
syntax keyword probevueConstant MICROSECONDS MILLISECONDS NANOSECONDS LINEAR POWER PRINT_SYMBOLS
syntax keyword probevueConstant GET_USER_TRACE GET_ALL_THREADS STACK_FUNCTIONS SORT_TYPE_ASCEND
syntax keyword probevueConstant SORT_TYPE_DESCEND SORT_BY_KEY SORT_BY_VALUE LIST_VALUE_COUNT
syntax keyword probevueConstant LIST_VALUE_SUM LIST_VALUE_AVG LIST_VALUE_MIN LIST_VALUE_MAX
syntax keyword probevueConstant PRINT_FOLDED PRINT_HEX SORT_TYPE_ASCENDING SORT_ASCEND SORT_ASCENDING
syntax keyword probevueConstant SORT_TYPE_DESCENDING SORT_DESCEND SORT_DESCENDING SORT_KEY SORT_VALUE
syntax keyword probevueConstant LIST_COUNT LIST_SUM LIST_AVG LIST_MIN LIST_MAX ERR_INTR_UBLOCK_ACCESS
syntax keyword probevueConstant ERR_INTR_CWD_ACCESS ERR_INVALID_PROC ERR_INVALID_THREAD
syntax keyword probevueConstant ERR_PROC_INVALID_STATE ERR_THREAD_INVALID_STATE ERR_VMATTACH
syntax keyword probevueConstant ERR_INVALID_STORAGE ERR_INVALID_ATTR ERR_SHORT_STRING ERR_GET_PATH
syntax keyword probevueConstant ERR_INSUFF_STORAGE PID PPID PGID UID SUID PRI NICE MAJFLT MINFLT SIZE
syntax keyword probevueConstant SIGPEND SIGIGNORE SIGCATCH FORKTIME THREADCOUNT TID THREADSTATE
syntax keyword probevueConstant POLICY CPUID SIGMASK HOMECPU TEXT TSIZE DATA STACK STKMAX EUID EGID
syntax keyword probevueConstant GID UTIME STIME MAXFD IS64U

syntax match probevueStorage /\<\(auto\|thread\|global\|kernel\|__auto\|__thread\|__global\|__kernel\|__k\):\ze\h/
syntax match probevueBuiltin /\<__arg\d\+\>\|\<__rv\>/
syntax match probevueNumber /\<\(0[xX]\x\+\|\d\+\(\.\d*\)\?\)[uUlL]*\>/
syntax match probevueShell /\$\(\w\+\|{\w\+}\)/
syntax match probevueConversion /%[-+ #0]*[0-9]*\(\.[0-9]*\)\?\(hh\|h\|ll\|l\)\?[a-zA-Z%]/ contained
syntax match probevueEscape /\\\(x\x\+\|\o\{1,3}\|.\)/ contained
syntax region probevueString start=/"/ skip=/\\./ end=/"\|$/ contains=probevueConversion,probevueEscape
syntax region probevueCharacter start=/'/ skip=/\\./ end=/'\|$/ contains=probevueEscape
syntax region probevueFilter start=/"/ skip=/\\./ end=/"\|$/ contained
syntax match probevueProbe /@@\([^{," \t]\|"[^"]*"\)\+/ contains=probevueFilter,probevueShell
syntax region probevueComment start=/\/\*/ end=/\*\//
syntax match probevueComment /\/\/.*/
syntax match probevueDirective /^\s*#.*/

highlight default link probevueStatement Statement
highlight default link probevueType Type
highlight default link probevueStorage StorageClass
highlight default link probevueOperator Operator
highlight default link probevueHeaderWord StorageClass
highlight default link probevueRefused Error
highlight default link probevueBuiltin Identifier
highlight default link probevueFunction Function
highlight default link probevueConstant Constant
highlight default link probevueNumber Number
highlight default link probevueShell PreProc
highlight default link probevueConversion SpecialChar
highlight default link probevueEscape SpecialChar
highlight default link probevueString String
highlight default link probevueCharacter Character
highlight default link probevueFilter String
highlight default link probevueProbe PreProc
highlight default link probevueComment Comment
highlight default link probevueDirective PreProc

let b:current_syntax = 'probevue'
