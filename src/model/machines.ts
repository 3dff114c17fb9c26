import type { ArchProfile, MachineModel, MachineResource, SratRange } from './api.ts';
import { applyDefines } from './defines.ts';
import { IORES_DESC, IORESOURCE_BUSY, IORESOURCE_MEM } from './flags.ts';
import { parseIomem } from './iomem.ts';
import { profileNamed, profileNames } from './profiles.ts';

/*
 * The machines that ship with the tool. Their texts are ours: the shape is that of common machines, no dump is copied.
 */

const x86: ArchProfile = profileNamed('x86_64')!;
const MiB = 1n << 20n;

function machine(name: string, description: string, text: string, srat: readonly SratRange[] = []): MachineModel {
  const { resources, problems } = parseIomem(text, { name });
  if (problems[0]) throw problems[0];
  return { name, description, profile: x86, iomem: resources, srat };
}
const hotplug = (node: number, start: bigint, end: bigint): SratRange => ({
  node,
  pxm: node,
  start,
  end,
  hotplug: true,
  nonVolatile: false,
});
const plain = (node: number, start: bigint, end: bigint): SratRange => ({
  ...hotplug(node, start, end),
  hotplug: false,
});

const laptop = `
00000000-00000fff : Reserved
00001000-0009ffff : System RAM
000a0000-000fffff : Reserved
  000a0000-000dffff : PCI Bus 0000:00
  000f0000-000fffff : System ROM
00100000-6fffffff : System RAM
  01000000-021fffff : Kernel code
  02200000-02bfffff : Kernel rodata
  02c00000-031fffff : Kernel data
  03600000-03ffffff : Kernel bss
70000000-71ffffff : Reserved
72000000-727fffff : ACPI Non-volatile Storage
72800000-728fffff : ACPI Tables
72900000-7fffffff : Reserved
80000000-dfffffff : PCI Bus 0000:00
  80000000-801fffff : PCI Bus 0000:01
    80000000-80003fff : 0000:01:00.0
      80000000-80003fff : nvme
  80200000-8020ffff : 0000:00:14.0
    80200000-8020ffff : xhci-hcd
e0000000-efffffff : PCI MMCONFIG 0000 [bus 00-ff]
fec00000-fec003ff : IOAPIC 0
fed00000-fed003ff : HPET 0
fee00000-fee00fff : Local APIC
100000000-47fffffff : System RAM
4000000000-7fffffffff : PCI Bus 0000:00
  4000000000-400fffffff : 0000:00:02.0
  4010000000-4010ffffff : 0000:00:02.0
`;

const server = `
00000000-00000fff : Reserved
00001000-0009ffff : System RAM
000a0000-000fffff : Reserved
00100000-7fffffff : System RAM
  01000000-027fffff : Kernel code
  02800000-035fffff : Kernel rodata
  03600000-03ffffff : Kernel data
  04400000-04ffffff : Kernel bss
  60000000-6fffffff : Crash kernel
80000000-8fffffff : Reserved
  80000000-8fffffff : PCI MMCONFIG 0000 [bus 00-ff]
90000000-cfffffff : PCI Bus 0000:00
  90000000-900fffff : PCI Bus 0000:02
    90000000-9003ffff : 0000:02:00.0
      90000000-9003ffff : mlx5_core
d0000000-fbffffff : PCI Bus 0000:80
fec00000-fec003ff : IOAPIC 0
fee00000-fee00fff : Local APIC
100000000-107fffffff : System RAM
1080000000-207fffffff : System RAM
380000000000-38ffffffffff : PCI Bus 0000:00
  380000000000-3807ffffffff : 0000:03:00.0
    380000000000-3807ffffffff : gpu
390000000000-39ffffffffff : PCI Bus 0000:80
`;

const cxl = `
00001000-0009ffff : System RAM
00100000-7fffffff : System RAM
  01000000-021fffff : Kernel code
fee00000-fee00fff : Local APIC
100000000-47fffffff : System RAM
490000000-50fffffff : CXL Window 0
  490000000-50fffffff : region0
    490000000-4cfffffff : dax0.0
      490000000-4cfffffff : System RAM (kmem)
510000000-58fffffff : CXL Window 1
  510000000-51fffffff : region1
  560000000-56fffffff : region2
590000000-60fffffff : Soft Reserved
  590000000-60fffffff : CXL Window 2
`;

const pmem = `
00001000-0009ffff : System RAM
00100000-7fffffff : System RAM
fee00000-fee00fff : Local APIC
100000000-23fffffff : System RAM
240000000-43fffffff : Persistent Memory
  240000000-2403fffff : namespace0.0
  240400000-43fffffff : dax0.0
    248000000-43fffffff : System RAM (kmem)
440000000-63fffffff : Persistent Memory
  440000000-63fffffff : namespace1.0
`;

const virtioMem = `
00001000-0009ffff : System RAM
00100000-bfffffff : System RAM
fee00000-fee00fff : Local APIC
100000000-13fffffff : System RAM
140000000-33fffffff : virtio0
  140000000-1bfffffff : System RAM (virtio_mem)
  200000000-20fffffff : System RAM (virtio_mem)
`;

/** Ten busy regions of 128 MiB, one in each upper half of the ten topmost 256 MiB of the 46-bit address space. */
function crowdedTop(): MachineModel {
  const iomem: MachineResource[] = [];
  for (let i = 9; i >= 0; i--) {
    const start = (1n << 46n) - BigInt(i + 1) * 256n * MiB + 128n * MiB;
    iomem.push({
      name: `busy${i}`,
      start,
      end: start + 128n * MiB - 1n,
      flags: IORESOURCE_MEM | IORESOURCE_BUSY,
      desc: IORES_DESC.none,
      children: [],
    });
  }
  return {
    name: 'crowded-top',
    description: 'ten busy regions of 128 MiB with gaps of 128 MiB below 2^46',
    profile: x86,
    iomem,
    srat: [],
  };
}

const fragmented = `
100000000-17fffffff : CXL Window 0
  100000000-10fffffff : region0
  150000000-15fffffff : region1
`;

/** By name. `x86_64` and the names of the other architectures are machines with nothing below the root. */
export const builtInMachines: ReadonlyMap<string, MachineModel> = new Map(
  [
    { name: 'empty', description: 'nothing below the root, x86_64', profile: x86, iomem: [], srat: [] },
    ...profileNames.map((name) => ({
      name,
      description: `nothing below the root, ${name}`,
      profile: profileNamed(name)!,
      iomem: [],
      srat: [],
    })),
    machine('laptop', 'a laptop with 18 GiB', laptop),
    machine('server', 'two nodes, 64 GiB each, room to plug 1 TiB into each', server, [
      plain(0, 0n, 0x7fff_ffffn),
      plain(0, 0x1_0000_0000n, 0x10_7fff_ffffn),
      plain(1, 0x10_8000_0000n, 0x20_7fff_ffffn),
      hotplug(0, 0x100_0000_0000n, 0x1ff_ffff_ffffn),
      hotplug(1, 0x3f00_0000_0000n, 0x3fff_ffff_ffffn),
    ]),
    {
      ...machine('kaslr', 'the server without SRAT, with KASLR of memory', server),
      profile: applyDefines(x86, new Map([['CONFIG_RANDOMIZE_MEMORY', 'y']])).profile,
    },
    crowdedTop(),
    machine('cxl-window', 'CXL windows with regions, one of them system RAM by kmem', cxl),
    machine('pmem', 'persistent memory, partly system RAM by kmem', pmem),
    machine('virtio-mem', 'a virtual machine with memory plugged by virtio-mem', virtioMem),
    machine('fragmented-window', 'a 2 GiB window with 256 MiB taken at 0 and at 1.25 GiB', fragmented),
  ].map((m) => [m.name, m]),
);
