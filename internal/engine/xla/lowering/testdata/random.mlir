module @easel {
  func.func @main(%arg0: tensor<5xf32>) -> (tensor<2x3xf32>, tensor<5xf32>) {
    %0 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 1>,
      start_indices = array<i64: 0>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %1 = "stablehlo.reshape"(%0) : (tensor<1xf32>) -> tensor<f32>
    %2 = "stablehlo.convert"(%1) : (tensor<f32>) -> tensor<ui32>
    %3 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 2>,
      start_indices = array<i64: 1>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %4 = "stablehlo.reshape"(%3) : (tensor<1xf32>) -> tensor<f32>
    %5 = "stablehlo.convert"(%4) : (tensor<f32>) -> tensor<ui32>
    %6 = "stablehlo.constant"() { value = dense<24> : tensor<ui32> } : () -> tensor<ui32>
    %7 = "stablehlo.shift_left"(%5, %6) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %8 = "stablehlo.or"(%2, %7) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %9 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 2>,
      start_indices = array<i64: 1>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %10 = "stablehlo.reshape"(%9) : (tensor<1xf32>) -> tensor<f32>
    %11 = "stablehlo.convert"(%10) : (tensor<f32>) -> tensor<ui32>
    %12 = "stablehlo.constant"() { value = dense<8> : tensor<ui32> } : () -> tensor<ui32>
    %13 = "stablehlo.shift_right_logical"(%11, %12) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %14 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 3>,
      start_indices = array<i64: 2>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %15 = "stablehlo.reshape"(%14) : (tensor<1xf32>) -> tensor<f32>
    %16 = "stablehlo.convert"(%15) : (tensor<f32>) -> tensor<ui32>
    %17 = "stablehlo.constant"() { value = dense<16> : tensor<ui32> } : () -> tensor<ui32>
    %18 = "stablehlo.shift_left"(%16, %17) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %19 = "stablehlo.or"(%13, %18) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %20 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 4>,
      start_indices = array<i64: 3>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %21 = "stablehlo.reshape"(%20) : (tensor<1xf32>) -> tensor<f32>
    %22 = "stablehlo.convert"(%21) : (tensor<f32>) -> tensor<ui32>
    %23 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 5>,
      start_indices = array<i64: 4>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %24 = "stablehlo.reshape"(%23) : (tensor<1xf32>) -> tensor<f32>
    %25 = "stablehlo.convert"(%24) : (tensor<f32>) -> tensor<ui32>
    %26 = "stablehlo.shift_left"(%25, %6) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %27 = "stablehlo.or"(%22, %26) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %28 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 5>,
      start_indices = array<i64: 4>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %29 = "stablehlo.reshape"(%28) : (tensor<1xf32>) -> tensor<f32>
    %30 = "stablehlo.convert"(%29) : (tensor<f32>) -> tensor<ui32>
    %31 = "stablehlo.shift_right_logical"(%30, %12) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %32 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<2xui32>
    %33 = "stablehlo.constant"() { value = dense<7> : tensor<ui32> } : () -> tensor<ui32>
    %34 = "stablehlo.broadcast_in_dim"(%33) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %35 = "stablehlo.broadcast_in_dim"(%27) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %36 = "stablehlo.broadcast_in_dim"(%31) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %37 = "stablehlo.broadcast_in_dim"(%8) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %38 = "stablehlo.broadcast_in_dim"(%19) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %39 = "stablehlo.convert"(%32) : (tensor<2xui32>) -> tensor<2xui64>
    %40 = "stablehlo.constant"() { value = dense<3528531795> : tensor<ui64> } : () -> tensor<ui64>
    %41 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %42 = "stablehlo.multiply"(%39, %41) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %43 = "stablehlo.constant"() { value = dense<32> : tensor<ui64> } : () -> tensor<ui64>
    %44 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %45 = "stablehlo.shift_right_logical"(%42, %44) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %46 = "stablehlo.convert"(%45) : (tensor<2xui64>) -> tensor<2xui32>
    %47 = "stablehlo.convert"(%42) : (tensor<2xui64>) -> tensor<2xui32>
    %48 = "stablehlo.convert"(%35) : (tensor<2xui32>) -> tensor<2xui64>
    %49 = "stablehlo.constant"() { value = dense<3449720151> : tensor<ui64> } : () -> tensor<ui64>
    %50 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %51 = "stablehlo.multiply"(%48, %50) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %52 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %53 = "stablehlo.shift_right_logical"(%51, %52) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %54 = "stablehlo.convert"(%53) : (tensor<2xui64>) -> tensor<2xui32>
    %55 = "stablehlo.convert"(%51) : (tensor<2xui64>) -> tensor<2xui32>
    %56 = "stablehlo.xor"(%54, %34) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %57 = "stablehlo.xor"(%56, %37) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %58 = "stablehlo.xor"(%46, %36) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %59 = "stablehlo.xor"(%58, %38) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %60 = "stablehlo.constant"() { value = dense<2654435769> : tensor<ui32> } : () -> tensor<ui32>
    %61 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %62 = "stablehlo.add"(%37, %61) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %63 = "stablehlo.constant"() { value = dense<3144134277> : tensor<ui32> } : () -> tensor<ui32>
    %64 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %65 = "stablehlo.add"(%38, %64) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %66 = "stablehlo.convert"(%57) : (tensor<2xui32>) -> tensor<2xui64>
    %67 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %68 = "stablehlo.multiply"(%66, %67) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %69 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %70 = "stablehlo.shift_right_logical"(%68, %69) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %71 = "stablehlo.convert"(%70) : (tensor<2xui64>) -> tensor<2xui32>
    %72 = "stablehlo.convert"(%68) : (tensor<2xui64>) -> tensor<2xui32>
    %73 = "stablehlo.convert"(%59) : (tensor<2xui32>) -> tensor<2xui64>
    %74 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %75 = "stablehlo.multiply"(%73, %74) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %76 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %77 = "stablehlo.shift_right_logical"(%75, %76) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %78 = "stablehlo.convert"(%77) : (tensor<2xui64>) -> tensor<2xui32>
    %79 = "stablehlo.convert"(%75) : (tensor<2xui64>) -> tensor<2xui32>
    %80 = "stablehlo.xor"(%78, %55) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %81 = "stablehlo.xor"(%80, %62) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %82 = "stablehlo.xor"(%71, %47) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %83 = "stablehlo.xor"(%82, %65) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %84 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %85 = "stablehlo.add"(%62, %84) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %86 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %87 = "stablehlo.add"(%65, %86) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %88 = "stablehlo.convert"(%81) : (tensor<2xui32>) -> tensor<2xui64>
    %89 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %90 = "stablehlo.multiply"(%88, %89) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %91 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %92 = "stablehlo.shift_right_logical"(%90, %91) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %93 = "stablehlo.convert"(%92) : (tensor<2xui64>) -> tensor<2xui32>
    %94 = "stablehlo.convert"(%90) : (tensor<2xui64>) -> tensor<2xui32>
    %95 = "stablehlo.convert"(%83) : (tensor<2xui32>) -> tensor<2xui64>
    %96 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %97 = "stablehlo.multiply"(%95, %96) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %98 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %99 = "stablehlo.shift_right_logical"(%97, %98) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %100 = "stablehlo.convert"(%99) : (tensor<2xui64>) -> tensor<2xui32>
    %101 = "stablehlo.convert"(%97) : (tensor<2xui64>) -> tensor<2xui32>
    %102 = "stablehlo.xor"(%100, %79) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %103 = "stablehlo.xor"(%102, %85) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %104 = "stablehlo.xor"(%93, %72) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %105 = "stablehlo.xor"(%104, %87) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %106 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %107 = "stablehlo.add"(%85, %106) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %108 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %109 = "stablehlo.add"(%87, %108) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %110 = "stablehlo.convert"(%103) : (tensor<2xui32>) -> tensor<2xui64>
    %111 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %112 = "stablehlo.multiply"(%110, %111) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %113 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %114 = "stablehlo.shift_right_logical"(%112, %113) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %115 = "stablehlo.convert"(%114) : (tensor<2xui64>) -> tensor<2xui32>
    %116 = "stablehlo.convert"(%112) : (tensor<2xui64>) -> tensor<2xui32>
    %117 = "stablehlo.convert"(%105) : (tensor<2xui32>) -> tensor<2xui64>
    %118 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %119 = "stablehlo.multiply"(%117, %118) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %120 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %121 = "stablehlo.shift_right_logical"(%119, %120) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %122 = "stablehlo.convert"(%121) : (tensor<2xui64>) -> tensor<2xui32>
    %123 = "stablehlo.convert"(%119) : (tensor<2xui64>) -> tensor<2xui32>
    %124 = "stablehlo.xor"(%122, %101) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %125 = "stablehlo.xor"(%124, %107) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %126 = "stablehlo.xor"(%115, %94) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %127 = "stablehlo.xor"(%126, %109) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %128 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %129 = "stablehlo.add"(%107, %128) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %130 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %131 = "stablehlo.add"(%109, %130) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %132 = "stablehlo.convert"(%125) : (tensor<2xui32>) -> tensor<2xui64>
    %133 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %134 = "stablehlo.multiply"(%132, %133) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %135 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %136 = "stablehlo.shift_right_logical"(%134, %135) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %137 = "stablehlo.convert"(%136) : (tensor<2xui64>) -> tensor<2xui32>
    %138 = "stablehlo.convert"(%134) : (tensor<2xui64>) -> tensor<2xui32>
    %139 = "stablehlo.convert"(%127) : (tensor<2xui32>) -> tensor<2xui64>
    %140 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %141 = "stablehlo.multiply"(%139, %140) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %142 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %143 = "stablehlo.shift_right_logical"(%141, %142) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %144 = "stablehlo.convert"(%143) : (tensor<2xui64>) -> tensor<2xui32>
    %145 = "stablehlo.convert"(%141) : (tensor<2xui64>) -> tensor<2xui32>
    %146 = "stablehlo.xor"(%144, %123) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %147 = "stablehlo.xor"(%146, %129) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %148 = "stablehlo.xor"(%137, %116) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %149 = "stablehlo.xor"(%148, %131) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %150 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %151 = "stablehlo.add"(%129, %150) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %152 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %153 = "stablehlo.add"(%131, %152) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %154 = "stablehlo.convert"(%147) : (tensor<2xui32>) -> tensor<2xui64>
    %155 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %156 = "stablehlo.multiply"(%154, %155) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %157 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %158 = "stablehlo.shift_right_logical"(%156, %157) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %159 = "stablehlo.convert"(%158) : (tensor<2xui64>) -> tensor<2xui32>
    %160 = "stablehlo.convert"(%156) : (tensor<2xui64>) -> tensor<2xui32>
    %161 = "stablehlo.convert"(%149) : (tensor<2xui32>) -> tensor<2xui64>
    %162 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %163 = "stablehlo.multiply"(%161, %162) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %164 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %165 = "stablehlo.shift_right_logical"(%163, %164) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %166 = "stablehlo.convert"(%165) : (tensor<2xui64>) -> tensor<2xui32>
    %167 = "stablehlo.convert"(%163) : (tensor<2xui64>) -> tensor<2xui32>
    %168 = "stablehlo.xor"(%166, %145) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %169 = "stablehlo.xor"(%168, %151) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %170 = "stablehlo.xor"(%159, %138) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %171 = "stablehlo.xor"(%170, %153) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %172 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %173 = "stablehlo.add"(%151, %172) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %174 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %175 = "stablehlo.add"(%153, %174) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %176 = "stablehlo.convert"(%169) : (tensor<2xui32>) -> tensor<2xui64>
    %177 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %178 = "stablehlo.multiply"(%176, %177) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %179 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %180 = "stablehlo.shift_right_logical"(%178, %179) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %181 = "stablehlo.convert"(%180) : (tensor<2xui64>) -> tensor<2xui32>
    %182 = "stablehlo.convert"(%178) : (tensor<2xui64>) -> tensor<2xui32>
    %183 = "stablehlo.convert"(%171) : (tensor<2xui32>) -> tensor<2xui64>
    %184 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %185 = "stablehlo.multiply"(%183, %184) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %186 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %187 = "stablehlo.shift_right_logical"(%185, %186) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %188 = "stablehlo.convert"(%187) : (tensor<2xui64>) -> tensor<2xui32>
    %189 = "stablehlo.convert"(%185) : (tensor<2xui64>) -> tensor<2xui32>
    %190 = "stablehlo.xor"(%188, %167) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %191 = "stablehlo.xor"(%190, %173) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %192 = "stablehlo.xor"(%181, %160) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %193 = "stablehlo.xor"(%192, %175) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %194 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %195 = "stablehlo.add"(%173, %194) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %196 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %197 = "stablehlo.add"(%175, %196) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %198 = "stablehlo.convert"(%191) : (tensor<2xui32>) -> tensor<2xui64>
    %199 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %200 = "stablehlo.multiply"(%198, %199) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %201 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %202 = "stablehlo.shift_right_logical"(%200, %201) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %203 = "stablehlo.convert"(%202) : (tensor<2xui64>) -> tensor<2xui32>
    %204 = "stablehlo.convert"(%200) : (tensor<2xui64>) -> tensor<2xui32>
    %205 = "stablehlo.convert"(%193) : (tensor<2xui32>) -> tensor<2xui64>
    %206 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %207 = "stablehlo.multiply"(%205, %206) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %208 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %209 = "stablehlo.shift_right_logical"(%207, %208) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %210 = "stablehlo.convert"(%209) : (tensor<2xui64>) -> tensor<2xui32>
    %211 = "stablehlo.convert"(%207) : (tensor<2xui64>) -> tensor<2xui32>
    %212 = "stablehlo.xor"(%210, %189) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %213 = "stablehlo.xor"(%212, %195) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %214 = "stablehlo.xor"(%203, %182) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %215 = "stablehlo.xor"(%214, %197) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %216 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %217 = "stablehlo.add"(%195, %216) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %218 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %219 = "stablehlo.add"(%197, %218) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %220 = "stablehlo.convert"(%213) : (tensor<2xui32>) -> tensor<2xui64>
    %221 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %222 = "stablehlo.multiply"(%220, %221) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %223 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %224 = "stablehlo.shift_right_logical"(%222, %223) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %225 = "stablehlo.convert"(%224) : (tensor<2xui64>) -> tensor<2xui32>
    %226 = "stablehlo.convert"(%222) : (tensor<2xui64>) -> tensor<2xui32>
    %227 = "stablehlo.convert"(%215) : (tensor<2xui32>) -> tensor<2xui64>
    %228 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %229 = "stablehlo.multiply"(%227, %228) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %230 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %231 = "stablehlo.shift_right_logical"(%229, %230) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %232 = "stablehlo.convert"(%231) : (tensor<2xui64>) -> tensor<2xui32>
    %233 = "stablehlo.convert"(%229) : (tensor<2xui64>) -> tensor<2xui32>
    %234 = "stablehlo.xor"(%232, %211) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %235 = "stablehlo.xor"(%234, %217) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %236 = "stablehlo.xor"(%225, %204) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %237 = "stablehlo.xor"(%236, %219) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %238 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %239 = "stablehlo.add"(%217, %238) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %240 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %241 = "stablehlo.add"(%219, %240) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %242 = "stablehlo.convert"(%235) : (tensor<2xui32>) -> tensor<2xui64>
    %243 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %244 = "stablehlo.multiply"(%242, %243) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %245 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %246 = "stablehlo.shift_right_logical"(%244, %245) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %247 = "stablehlo.convert"(%246) : (tensor<2xui64>) -> tensor<2xui32>
    %248 = "stablehlo.convert"(%244) : (tensor<2xui64>) -> tensor<2xui32>
    %249 = "stablehlo.convert"(%237) : (tensor<2xui32>) -> tensor<2xui64>
    %250 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %251 = "stablehlo.multiply"(%249, %250) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %252 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %253 = "stablehlo.shift_right_logical"(%251, %252) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %254 = "stablehlo.convert"(%253) : (tensor<2xui64>) -> tensor<2xui32>
    %255 = "stablehlo.convert"(%251) : (tensor<2xui64>) -> tensor<2xui32>
    %256 = "stablehlo.xor"(%254, %233) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %257 = "stablehlo.xor"(%256, %239) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %258 = "stablehlo.xor"(%247, %226) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %259 = "stablehlo.xor"(%258, %241) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %260 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %261 = "stablehlo.add"(%239, %260) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %262 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %263 = "stablehlo.add"(%241, %262) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %264 = "stablehlo.reshape"(%257) : (tensor<2xui32>) -> tensor<2x1xui32>
    %265 = "stablehlo.reshape"(%255) : (tensor<2xui32>) -> tensor<2x1xui32>
    %266 = "stablehlo.reshape"(%259) : (tensor<2xui32>) -> tensor<2x1xui32>
    %267 = "stablehlo.reshape"(%248) : (tensor<2xui32>) -> tensor<2x1xui32>
    %268 = "stablehlo.concatenate"(%264, %265, %266, %267) { dimension = 1 : i64 } : (tensor<2x1xui32>, tensor<2x1xui32>, tensor<2x1xui32>, tensor<2x1xui32>) -> tensor<2x4xui32>
    %269 = "stablehlo.reshape"(%268) : (tensor<2x4xui32>) -> tensor<8xui32>
    %270 = "stablehlo.slice"(%269) {
      limit_indices = array<i64: 6>,
      start_indices = array<i64: 0>,
      strides = array<i64: 1>
    } : (tensor<8xui32>) -> tensor<6xui32>
    %271 = "stablehlo.constant"() { value = dense<0> : tensor<ui32> } : () -> tensor<ui32>
    %272 = "stablehlo.broadcast_in_dim"(%271) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<6xui32>
    %273 = "stablehlo.compare"(%272, %272) {
      compare_type = #stablehlo<comparison_type UNSIGNED>,
      comparison_direction = #stablehlo<comparison_direction EQ>
    } : (tensor<6xui32>, tensor<6xui32>) -> tensor<6xi1>
    %274 = "stablehlo.constant"() { value = dense<2147483648> : tensor<ui32> } : () -> tensor<ui32>
    %275 = "stablehlo.broadcast_in_dim"(%274) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<6xui32>
    %276 = "stablehlo.compare"(%270, %275) {
      compare_type = #stablehlo<comparison_type UNSIGNED>,
      comparison_direction = #stablehlo<comparison_direction LT>
    } : (tensor<6xui32>, tensor<6xui32>) -> tensor<6xi1>
    %277 = "stablehlo.constant"() { value = dense<2.0> : tensor<f32> } : () -> tensor<f32>
    %278 = "stablehlo.broadcast_in_dim"(%277) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<6xf32>
    %279 = "stablehlo.constant"() { value = dense<0.0> : tensor<f32> } : () -> tensor<f32>
    %280 = "stablehlo.broadcast_in_dim"(%279) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<6xf32>
    %281 = "stablehlo.select"(%276, %278, %280) : (tensor<6xi1>, tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
    %282 = "stablehlo.reshape"(%281) : (tensor<6xf32>) -> tensor<2x3xf32>
    %283 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 1>,
      start_indices = array<i64: 0>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %284 = "stablehlo.reshape"(%283) : (tensor<1xf32>) -> tensor<f32>
    %285 = "stablehlo.convert"(%284) : (tensor<f32>) -> tensor<ui32>
    %286 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 2>,
      start_indices = array<i64: 1>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %287 = "stablehlo.reshape"(%286) : (tensor<1xf32>) -> tensor<f32>
    %288 = "stablehlo.convert"(%287) : (tensor<f32>) -> tensor<ui32>
    %289 = "stablehlo.shift_left"(%288, %6) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %290 = "stablehlo.or"(%285, %289) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %291 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 2>,
      start_indices = array<i64: 1>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %292 = "stablehlo.reshape"(%291) : (tensor<1xf32>) -> tensor<f32>
    %293 = "stablehlo.convert"(%292) : (tensor<f32>) -> tensor<ui32>
    %294 = "stablehlo.shift_right_logical"(%293, %12) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %295 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 3>,
      start_indices = array<i64: 2>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %296 = "stablehlo.reshape"(%295) : (tensor<1xf32>) -> tensor<f32>
    %297 = "stablehlo.convert"(%296) : (tensor<f32>) -> tensor<ui32>
    %298 = "stablehlo.shift_left"(%297, %17) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %299 = "stablehlo.or"(%294, %298) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %300 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 4>,
      start_indices = array<i64: 3>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %301 = "stablehlo.reshape"(%300) : (tensor<1xf32>) -> tensor<f32>
    %302 = "stablehlo.convert"(%301) : (tensor<f32>) -> tensor<ui32>
    %303 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 5>,
      start_indices = array<i64: 4>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %304 = "stablehlo.reshape"(%303) : (tensor<1xf32>) -> tensor<f32>
    %305 = "stablehlo.convert"(%304) : (tensor<f32>) -> tensor<ui32>
    %306 = "stablehlo.shift_left"(%305, %6) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %307 = "stablehlo.or"(%302, %306) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %308 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 5>,
      start_indices = array<i64: 4>,
      strides = array<i64: 1>
    } : (tensor<5xf32>) -> tensor<1xf32>
    %309 = "stablehlo.reshape"(%308) : (tensor<1xf32>) -> tensor<f32>
    %310 = "stablehlo.convert"(%309) : (tensor<f32>) -> tensor<ui32>
    %311 = "stablehlo.shift_right_logical"(%310, %12) : (tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %312 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<2xui32>
    %313 = "stablehlo.broadcast_in_dim"(%12) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %314 = "stablehlo.broadcast_in_dim"(%307) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %315 = "stablehlo.broadcast_in_dim"(%311) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %316 = "stablehlo.broadcast_in_dim"(%290) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %317 = "stablehlo.broadcast_in_dim"(%299) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %318 = "stablehlo.convert"(%312) : (tensor<2xui32>) -> tensor<2xui64>
    %319 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %320 = "stablehlo.multiply"(%318, %319) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %321 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %322 = "stablehlo.shift_right_logical"(%320, %321) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %323 = "stablehlo.convert"(%322) : (tensor<2xui64>) -> tensor<2xui32>
    %324 = "stablehlo.convert"(%320) : (tensor<2xui64>) -> tensor<2xui32>
    %325 = "stablehlo.convert"(%314) : (tensor<2xui32>) -> tensor<2xui64>
    %326 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %327 = "stablehlo.multiply"(%325, %326) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %328 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %329 = "stablehlo.shift_right_logical"(%327, %328) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %330 = "stablehlo.convert"(%329) : (tensor<2xui64>) -> tensor<2xui32>
    %331 = "stablehlo.convert"(%327) : (tensor<2xui64>) -> tensor<2xui32>
    %332 = "stablehlo.xor"(%330, %313) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %333 = "stablehlo.xor"(%332, %316) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %334 = "stablehlo.xor"(%323, %315) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %335 = "stablehlo.xor"(%334, %317) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %336 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %337 = "stablehlo.add"(%316, %336) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %338 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %339 = "stablehlo.add"(%317, %338) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %340 = "stablehlo.convert"(%333) : (tensor<2xui32>) -> tensor<2xui64>
    %341 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %342 = "stablehlo.multiply"(%340, %341) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %343 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %344 = "stablehlo.shift_right_logical"(%342, %343) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %345 = "stablehlo.convert"(%344) : (tensor<2xui64>) -> tensor<2xui32>
    %346 = "stablehlo.convert"(%342) : (tensor<2xui64>) -> tensor<2xui32>
    %347 = "stablehlo.convert"(%335) : (tensor<2xui32>) -> tensor<2xui64>
    %348 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %349 = "stablehlo.multiply"(%347, %348) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %350 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %351 = "stablehlo.shift_right_logical"(%349, %350) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %352 = "stablehlo.convert"(%351) : (tensor<2xui64>) -> tensor<2xui32>
    %353 = "stablehlo.convert"(%349) : (tensor<2xui64>) -> tensor<2xui32>
    %354 = "stablehlo.xor"(%352, %331) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %355 = "stablehlo.xor"(%354, %337) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %356 = "stablehlo.xor"(%345, %324) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %357 = "stablehlo.xor"(%356, %339) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %358 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %359 = "stablehlo.add"(%337, %358) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %360 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %361 = "stablehlo.add"(%339, %360) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %362 = "stablehlo.convert"(%355) : (tensor<2xui32>) -> tensor<2xui64>
    %363 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %364 = "stablehlo.multiply"(%362, %363) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %365 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %366 = "stablehlo.shift_right_logical"(%364, %365) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %367 = "stablehlo.convert"(%366) : (tensor<2xui64>) -> tensor<2xui32>
    %368 = "stablehlo.convert"(%364) : (tensor<2xui64>) -> tensor<2xui32>
    %369 = "stablehlo.convert"(%357) : (tensor<2xui32>) -> tensor<2xui64>
    %370 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %371 = "stablehlo.multiply"(%369, %370) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %372 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %373 = "stablehlo.shift_right_logical"(%371, %372) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %374 = "stablehlo.convert"(%373) : (tensor<2xui64>) -> tensor<2xui32>
    %375 = "stablehlo.convert"(%371) : (tensor<2xui64>) -> tensor<2xui32>
    %376 = "stablehlo.xor"(%374, %353) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %377 = "stablehlo.xor"(%376, %359) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %378 = "stablehlo.xor"(%367, %346) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %379 = "stablehlo.xor"(%378, %361) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %380 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %381 = "stablehlo.add"(%359, %380) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %382 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %383 = "stablehlo.add"(%361, %382) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %384 = "stablehlo.convert"(%377) : (tensor<2xui32>) -> tensor<2xui64>
    %385 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %386 = "stablehlo.multiply"(%384, %385) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %387 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %388 = "stablehlo.shift_right_logical"(%386, %387) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %389 = "stablehlo.convert"(%388) : (tensor<2xui64>) -> tensor<2xui32>
    %390 = "stablehlo.convert"(%386) : (tensor<2xui64>) -> tensor<2xui32>
    %391 = "stablehlo.convert"(%379) : (tensor<2xui32>) -> tensor<2xui64>
    %392 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %393 = "stablehlo.multiply"(%391, %392) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %394 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %395 = "stablehlo.shift_right_logical"(%393, %394) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %396 = "stablehlo.convert"(%395) : (tensor<2xui64>) -> tensor<2xui32>
    %397 = "stablehlo.convert"(%393) : (tensor<2xui64>) -> tensor<2xui32>
    %398 = "stablehlo.xor"(%396, %375) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %399 = "stablehlo.xor"(%398, %381) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %400 = "stablehlo.xor"(%389, %368) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %401 = "stablehlo.xor"(%400, %383) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %402 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %403 = "stablehlo.add"(%381, %402) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %404 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %405 = "stablehlo.add"(%383, %404) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %406 = "stablehlo.convert"(%399) : (tensor<2xui32>) -> tensor<2xui64>
    %407 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %408 = "stablehlo.multiply"(%406, %407) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %409 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %410 = "stablehlo.shift_right_logical"(%408, %409) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %411 = "stablehlo.convert"(%410) : (tensor<2xui64>) -> tensor<2xui32>
    %412 = "stablehlo.convert"(%408) : (tensor<2xui64>) -> tensor<2xui32>
    %413 = "stablehlo.convert"(%401) : (tensor<2xui32>) -> tensor<2xui64>
    %414 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %415 = "stablehlo.multiply"(%413, %414) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %416 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %417 = "stablehlo.shift_right_logical"(%415, %416) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %418 = "stablehlo.convert"(%417) : (tensor<2xui64>) -> tensor<2xui32>
    %419 = "stablehlo.convert"(%415) : (tensor<2xui64>) -> tensor<2xui32>
    %420 = "stablehlo.xor"(%418, %397) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %421 = "stablehlo.xor"(%420, %403) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %422 = "stablehlo.xor"(%411, %390) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %423 = "stablehlo.xor"(%422, %405) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %424 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %425 = "stablehlo.add"(%403, %424) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %426 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %427 = "stablehlo.add"(%405, %426) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %428 = "stablehlo.convert"(%421) : (tensor<2xui32>) -> tensor<2xui64>
    %429 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %430 = "stablehlo.multiply"(%428, %429) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %431 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %432 = "stablehlo.shift_right_logical"(%430, %431) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %433 = "stablehlo.convert"(%432) : (tensor<2xui64>) -> tensor<2xui32>
    %434 = "stablehlo.convert"(%430) : (tensor<2xui64>) -> tensor<2xui32>
    %435 = "stablehlo.convert"(%423) : (tensor<2xui32>) -> tensor<2xui64>
    %436 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %437 = "stablehlo.multiply"(%435, %436) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %438 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %439 = "stablehlo.shift_right_logical"(%437, %438) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %440 = "stablehlo.convert"(%439) : (tensor<2xui64>) -> tensor<2xui32>
    %441 = "stablehlo.convert"(%437) : (tensor<2xui64>) -> tensor<2xui32>
    %442 = "stablehlo.xor"(%440, %419) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %443 = "stablehlo.xor"(%442, %425) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %444 = "stablehlo.xor"(%433, %412) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %445 = "stablehlo.xor"(%444, %427) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %446 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %447 = "stablehlo.add"(%425, %446) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %448 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %449 = "stablehlo.add"(%427, %448) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %450 = "stablehlo.convert"(%443) : (tensor<2xui32>) -> tensor<2xui64>
    %451 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %452 = "stablehlo.multiply"(%450, %451) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %453 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %454 = "stablehlo.shift_right_logical"(%452, %453) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %455 = "stablehlo.convert"(%454) : (tensor<2xui64>) -> tensor<2xui32>
    %456 = "stablehlo.convert"(%452) : (tensor<2xui64>) -> tensor<2xui32>
    %457 = "stablehlo.convert"(%445) : (tensor<2xui32>) -> tensor<2xui64>
    %458 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %459 = "stablehlo.multiply"(%457, %458) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %460 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %461 = "stablehlo.shift_right_logical"(%459, %460) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %462 = "stablehlo.convert"(%461) : (tensor<2xui64>) -> tensor<2xui32>
    %463 = "stablehlo.convert"(%459) : (tensor<2xui64>) -> tensor<2xui32>
    %464 = "stablehlo.xor"(%462, %441) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %465 = "stablehlo.xor"(%464, %447) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %466 = "stablehlo.xor"(%455, %434) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %467 = "stablehlo.xor"(%466, %449) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %468 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %469 = "stablehlo.add"(%447, %468) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %470 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %471 = "stablehlo.add"(%449, %470) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %472 = "stablehlo.convert"(%465) : (tensor<2xui32>) -> tensor<2xui64>
    %473 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %474 = "stablehlo.multiply"(%472, %473) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %475 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %476 = "stablehlo.shift_right_logical"(%474, %475) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %477 = "stablehlo.convert"(%476) : (tensor<2xui64>) -> tensor<2xui32>
    %478 = "stablehlo.convert"(%474) : (tensor<2xui64>) -> tensor<2xui32>
    %479 = "stablehlo.convert"(%467) : (tensor<2xui32>) -> tensor<2xui64>
    %480 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %481 = "stablehlo.multiply"(%479, %480) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %482 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %483 = "stablehlo.shift_right_logical"(%481, %482) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %484 = "stablehlo.convert"(%483) : (tensor<2xui64>) -> tensor<2xui32>
    %485 = "stablehlo.convert"(%481) : (tensor<2xui64>) -> tensor<2xui32>
    %486 = "stablehlo.xor"(%484, %463) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %487 = "stablehlo.xor"(%486, %469) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %488 = "stablehlo.xor"(%477, %456) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %489 = "stablehlo.xor"(%488, %471) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %490 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %491 = "stablehlo.add"(%469, %490) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %492 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %493 = "stablehlo.add"(%471, %492) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %494 = "stablehlo.convert"(%487) : (tensor<2xui32>) -> tensor<2xui64>
    %495 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %496 = "stablehlo.multiply"(%494, %495) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %497 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %498 = "stablehlo.shift_right_logical"(%496, %497) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %499 = "stablehlo.convert"(%498) : (tensor<2xui64>) -> tensor<2xui32>
    %500 = "stablehlo.convert"(%496) : (tensor<2xui64>) -> tensor<2xui32>
    %501 = "stablehlo.convert"(%489) : (tensor<2xui32>) -> tensor<2xui64>
    %502 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %503 = "stablehlo.multiply"(%501, %502) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %504 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %505 = "stablehlo.shift_right_logical"(%503, %504) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %506 = "stablehlo.convert"(%505) : (tensor<2xui64>) -> tensor<2xui32>
    %507 = "stablehlo.convert"(%503) : (tensor<2xui64>) -> tensor<2xui32>
    %508 = "stablehlo.xor"(%506, %485) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %509 = "stablehlo.xor"(%508, %491) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %510 = "stablehlo.xor"(%499, %478) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %511 = "stablehlo.xor"(%510, %493) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %512 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %513 = "stablehlo.add"(%491, %512) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %514 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %515 = "stablehlo.add"(%493, %514) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %516 = "stablehlo.convert"(%509) : (tensor<2xui32>) -> tensor<2xui64>
    %517 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %518 = "stablehlo.multiply"(%516, %517) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %519 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %520 = "stablehlo.shift_right_logical"(%518, %519) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %521 = "stablehlo.convert"(%520) : (tensor<2xui64>) -> tensor<2xui32>
    %522 = "stablehlo.convert"(%518) : (tensor<2xui64>) -> tensor<2xui32>
    %523 = "stablehlo.convert"(%511) : (tensor<2xui32>) -> tensor<2xui64>
    %524 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %525 = "stablehlo.multiply"(%523, %524) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %526 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<ui64>) -> tensor<2xui64>
    %527 = "stablehlo.shift_right_logical"(%525, %526) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
    %528 = "stablehlo.convert"(%527) : (tensor<2xui64>) -> tensor<2xui32>
    %529 = "stablehlo.convert"(%525) : (tensor<2xui64>) -> tensor<2xui32>
    %530 = "stablehlo.xor"(%528, %507) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %531 = "stablehlo.xor"(%530, %513) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %532 = "stablehlo.xor"(%521, %500) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %533 = "stablehlo.xor"(%532, %515) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %534 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %535 = "stablehlo.add"(%513, %534) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %536 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<ui32>) -> tensor<2xui32>
    %537 = "stablehlo.add"(%515, %536) : (tensor<2xui32>, tensor<2xui32>) -> tensor<2xui32>
    %538 = "stablehlo.reshape"(%531) : (tensor<2xui32>) -> tensor<2x1xui32>
    %539 = "stablehlo.reshape"(%529) : (tensor<2xui32>) -> tensor<2x1xui32>
    %540 = "stablehlo.reshape"(%533) : (tensor<2xui32>) -> tensor<2x1xui32>
    %541 = "stablehlo.reshape"(%522) : (tensor<2xui32>) -> tensor<2x1xui32>
    %542 = "stablehlo.concatenate"(%538, %539, %540, %541) { dimension = 1 : i64 } : (tensor<2x1xui32>, tensor<2x1xui32>, tensor<2x1xui32>, tensor<2x1xui32>) -> tensor<2x4xui32>
    %543 = "stablehlo.reshape"(%542) : (tensor<2x4xui32>) -> tensor<8xui32>
    %544 = "stablehlo.slice"(%543) {
      limit_indices = array<i64: 6>,
      start_indices = array<i64: 0>,
      strides = array<i64: 1>
    } : (tensor<8xui32>) -> tensor<6xui32>
    %545 = "stablehlo.reshape"(%544) : (tensor<6xui32>) -> tensor<3x2xui32>
    %546 = "stablehlo.convert"(%545) : (tensor<3x2xui32>) -> tensor<3x2xf64>
    %547 = "stablehlo.slice"(%546) {
      limit_indices = array<i64: 3, 1>,
      start_indices = array<i64: 0, 0>,
      strides = array<i64: 1, 1>
    } : (tensor<3x2xf64>) -> tensor<3x1xf64>
    %548 = "stablehlo.reshape"(%547) : (tensor<3x1xf64>) -> tensor<3xf64>
    %549 = "stablehlo.slice"(%546) {
      limit_indices = array<i64: 3, 2>,
      start_indices = array<i64: 0, 1>,
      strides = array<i64: 1, 1>
    } : (tensor<3x2xf64>) -> tensor<3x1xf64>
    %550 = "stablehlo.reshape"(%549) : (tensor<3x1xf64>) -> tensor<3xf64>
    %551 = "stablehlo.constant"() { value = dense<1.0> : tensor<f64> } : () -> tensor<f64>
    %552 = "stablehlo.broadcast_in_dim"(%551) { broadcast_dimensions = array<i64> } : (tensor<f64>) -> tensor<3xf64>
    %553 = "stablehlo.add"(%548, %552) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %554 = "stablehlo.constant"() { value = dense<2.3283064365386963e-10> : tensor<f64> } : () -> tensor<f64>
    %555 = "stablehlo.broadcast_in_dim"(%554) { broadcast_dimensions = array<i64> } : (tensor<f64>) -> tensor<3xf64>
    %556 = "stablehlo.multiply"(%553, %555) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %557 = "stablehlo.log"(%556) : (tensor<3xf64>) -> tensor<3xf64>
    %558 = "stablehlo.constant"() { value = dense<-2.0> : tensor<f64> } : () -> tensor<f64>
    %559 = "stablehlo.broadcast_in_dim"(%558) { broadcast_dimensions = array<i64> } : (tensor<f64>) -> tensor<3xf64>
    %560 = "stablehlo.multiply"(%557, %559) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %561 = "stablehlo.sqrt"(%560) : (tensor<3xf64>) -> tensor<3xf64>
    %562 = "stablehlo.constant"() { value = dense<1.4629180792671596e-09> : tensor<f64> } : () -> tensor<f64>
    %563 = "stablehlo.broadcast_in_dim"(%562) { broadcast_dimensions = array<i64> } : (tensor<f64>) -> tensor<3xf64>
    %564 = "stablehlo.multiply"(%550, %563) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %565 = "stablehlo.cosine"(%564) : (tensor<3xf64>) -> tensor<3xf64>
    %566 = "stablehlo.multiply"(%561, %565) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %567 = "stablehlo.reshape"(%566) : (tensor<3xf64>) -> tensor<3x1xf64>
    %568 = "stablehlo.sine"(%564) : (tensor<3xf64>) -> tensor<3xf64>
    %569 = "stablehlo.multiply"(%561, %568) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %570 = "stablehlo.reshape"(%569) : (tensor<3xf64>) -> tensor<3x1xf64>
    %571 = "stablehlo.concatenate"(%567, %570) { dimension = 1 : i64 } : (tensor<3x1xf64>, tensor<3x1xf64>) -> tensor<3x2xf64>
    %572 = "stablehlo.reshape"(%571) : (tensor<3x2xf64>) -> tensor<6xf64>
    %573 = "stablehlo.slice"(%572) {
      limit_indices = array<i64: 5>,
      start_indices = array<i64: 0>,
      strides = array<i64: 1>
    } : (tensor<6xf64>) -> tensor<5xf64>
    %574 = "stablehlo.convert"(%573) : (tensor<5xf64>) -> tensor<5xf32>
    %575 = "stablehlo.reshape"(%574) : (tensor<5xf32>) -> tensor<5xf32>
    "stablehlo.return"(%282, %575) : (tensor<2x3xf32>, tensor<5xf32>) -> ()
  }
}

